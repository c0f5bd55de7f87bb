"""Links in mail that stop something: a GET asks, a POST does it, without signing in.

RFC 8058: a mail client posts `List-Unsubscribe=One-Click` here by itself, with neither cookie nor form.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notify.mail import unsubscribe as links
from web.access import role


@role("anyone")
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The question, or what was done and how it is taken back. 404 for a link that is not ours."""
    try:
        wish = links.read(token)
    except links.Unreadable:
        return render(request, "web/subscriptions/unsubscribe.html", {"unreadable": True}, status=404)
    shown = {"wish": wish, "token": token, "question": links.question(wish)}
    if request.method == "POST":
        shown["names"] = links.carry_out(wish)
        shown["did"] = True
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse(status=200, content_type="text/plain")
    return render(request, "web/subscriptions/unsubscribe.html", shown)
