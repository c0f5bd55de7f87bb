"""URLs: the front page and the domains."""

from __future__ import annotations

from django.urls import URLPattern, path

from web.views import home

urlpatterns: list[URLPattern] = [
    path("", home.overview, name="home"),
    path("seen", home.seen, name="seen"),
    path("domains/<slug:domain>", home.domain, name="domain"),
]
