"""URLs: the front page and the domains."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
