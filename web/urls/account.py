"""URLs: signing in, links, passwords, one's own settings, users."""

from __future__ import annotations

from django.urls import URLPattern, path

from web.views import account, sign_in, users

urlpatterns: list[URLPattern] = [
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/link", sign_in.ask_link, name="sign-in-link-ask"),
    path("sign-in/link/<str:token>", sign_in.link, name="sign-in-link"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("password/reset", sign_in.ask_reset, name="password-reset"),
    path("appearance", sign_in.appearance, name="appearance"),
    path("kept", sign_in.kept_page, name="kept"),
    path("kept/discard", sign_in.kept_discard, name="kept-discard"),
    path("account", account.account, name="account"),
    path("account/password", account.password, name="account-password"),
    path("account/sessions", account.end_sessions, name="account-sessions"),
    path("users", users.users, name="users"),
    path("users/invite", users.invite, name="users-invite"),
    path("users/<int:user_id>", users.user, name="user"),
    path("users/<int:user_id>/link", users.link, name="user-link"),
    path("users/<int:user_id>/lift", users.lift, name="user-lift"),
]
