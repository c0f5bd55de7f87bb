"""URLs: accessibility statement, attribution."""

from __future__ import annotations

from django.urls import URLPattern, path

from web.views import law

urlpatterns: list[URLPattern] = [
    path("accessibility", law.accessibility, name="accessibility"),
    path("toegankelijkheid", law.accessibility, name="toegankelijkheid"),
    path("attribution", law.attribution, name="attribution"),
]
