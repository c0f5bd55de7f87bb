"""URLs: signing in, links, passwords, one's own settings, users."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
