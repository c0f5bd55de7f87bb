"""URLs: the operator's page, deliveries, quarantine."""

from __future__ import annotations

from django.urls import URLPattern, path

from web.views import deliveries, operator

urlpatterns: list[URLPattern] = [
    path("operator", operator.overview, name="operator"),
    path("operator/retry", operator.retry, name="operator-retry"),
    path("operator/lift", operator.lift, name="operator-lift"),
    path("deliveries", deliveries.ledger, name="deliveries"),
    path("deliveries/<int:number>", deliveries.delivery, name="delivery"),
    path("deliveries/<int:number>/html", deliveries.html, name="delivery-html"),
    path("outbox", deliveries.outbox, name="outbox"),
]
