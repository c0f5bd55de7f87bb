"""Root URLs."""

from django.urls import include, path

urlpatterns = [path("", include("web.urls"))]
handler400 = "web.views.errors.bad"
handler403 = "web.views.errors.forbidden"
handler404 = "web.views.errors.missing"
handler500 = "web.views.errors.broken"
