"""URLs: sources and their health."""

from __future__ import annotations

from django.urls import URLPattern, path

from web.views import sources

urlpatterns: list[URLPattern] = [
    path("sources", sources.table, name="sources"),
    path("sources/<str:slug>", sources.page, name="source"),
    path("sources/<str:slug>/switch", sources.switch, name="source-switch"),
    path("sources/<str:slug>/grade", sources.grade, name="source-grade"),
    path("sources/<str:slug>/test", sources.test, name="source-test"),
]
