"""URLs: subscriptions and unsubscribing."""

from __future__ import annotations

from django.urls import URLPattern, path

from web.views import subscriptions, unsubscribe, webhooks

urlpatterns: list[URLPattern] = [
    path("subscriptions", subscriptions.mine, name="subscriptions"),
    path("subscriptions/of/<int:user_id>", subscriptions.of, name="subscriptions-of"),
    path("subscriptions/new", subscriptions.new, name="subscription-new"),
    path("subscriptions/outlook", subscriptions.outlook, name="subscription-outlook"),
    path("subscriptions/<int:number>", subscriptions.page, name="subscription"),
    path("subscriptions/<int:number>/mute", subscriptions.mute, name="subscription-mute"),
    path("subscriptions/<int:number>/unmute", subscriptions.unmute, name="subscription-unmute"),
    path("subscriptions/<int:number>/pause", subscriptions.pause, name="subscription-pause"),
    path("subscriptions/<int:number>/resume", subscriptions.resume, name="subscription-resume"),
    path("subscriptions/<int:number>/delete", subscriptions.delete, name="subscription-delete"),
    path("subscriptions/<int:number>/restore", subscriptions.restore, name="subscription-restore"),
    path("webhooks", webhooks.webhooks, name="webhooks"),
    path("webhooks/<int:number>/edit", webhooks.edit, name="webhook-edit"),
    path("webhooks/<int:number>/test", webhooks.test, name="webhook-test"),
    path("webhooks/<int:number>/delete", webhooks.delete, name="webhook-delete"),
    path("unsubscribe/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
]
