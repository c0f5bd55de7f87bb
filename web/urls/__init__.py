"""All URLs, one module an area. No path ends in a slash."""

from django.urls import include, path

AREAS = (
    "account",
    "search",
    "signal",
    "home",
    "subscriptions",
    "digests",
    "sources",
    "operator",
    "law",
    "machine",
)
urlpatterns = [path("", include(f"web.urls.{area}")) for area in AREAS]
