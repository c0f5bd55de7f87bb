"""URLs: the operator's page, deliveries, quarantine."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
