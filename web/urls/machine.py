"""URLs: /healthz, /readyz, /metrics."""

from __future__ import annotations

from django.urls import URLPattern, path

from web.views import machine

urlpatterns: list[URLPattern] = [
    path("healthz", machine.healthz, name="healthz"),
    path("readyz", machine.readyz, name="readyz"),
    path("metrics", machine.figures, name="metrics"),
]
