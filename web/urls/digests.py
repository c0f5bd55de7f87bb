"""URLs: digests, their preview and feedback."""

from __future__ import annotations

from django.urls import URLPattern, path

from web.views import digests

urlpatterns: list[URLPattern] = [
    path("digests", digests.mine, name="digests"),
    path("digests/preview", digests.preview, name="digest-preview"),
    path("digests/<int:number>", digests.page, name="digest"),
    path("digests/<int:number>/feedback", digests.feedback, name="digest-feedback"),
]
