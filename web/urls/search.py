"""URLs: the search page, saved searches, outgoing feeds."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
