"""The Django app of this room; it has no tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"
