"""Addresses of the portal: pages, JSON interface, health."""

from django.urls import include, path

from zuzahlung.portal import errors

urlpatterns = [
    path("api/v1/", include("zuzahlung.api.urls")),
    path("", include("zuzahlung.portal.urls")),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
