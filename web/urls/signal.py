"""URLs: one signal, its corrections."""

from __future__ import annotations

from django.urls import URLPattern, path

from web.views import corrections, signal

urlpatterns: list[URLPattern] = [
    path("signals/<int:signal_id>", signal.page, name="signal"),
    path("signals/<int:signal_id>/correct", corrections.correct, name="signal-correct"),
    path("signals/<int:signal_id>/undo", corrections.undo, name="signal-undo"),
]
