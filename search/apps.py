"""The Django app of this room."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
