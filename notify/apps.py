"""The Django app of this room."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "notify"
