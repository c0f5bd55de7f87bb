"""URLs: the search page, saved searches, outgoing feeds."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from web.views import feeds, saved, search

urlpatterns: list[URLPattern] = [
    path("search", search.page, name="search"),
    path("search/new", search.new, name="search-new"),
    path("search/complete", search.complete, name="search-complete"),
    path("searches", saved.searches, name="searches"),
    path("searches/<int:number>", saved.opened, name="saved-search"),
    path("searches/<int:number>/delete", saved.delete, name="saved-search-delete"),
    path("feeds", feeds.feeds, name="feeds"),
    path("feeds/<int:number>/revoke", feeds.revoke, name="feed-revoke"),
    re_path(r"^feeds/(?P<token>[A-Za-z0-9_-]{20,80})\.(?P<form>rss|atom|json)$", feeds.read, name="feed"),
]
