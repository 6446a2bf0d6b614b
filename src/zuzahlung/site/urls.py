"""Addresses of the portal: pages, JSON interface, health."""

from django.urls import include, path, re_path

from zuzahlung.api import pages
from zuzahlung.portal import errors

urlpatterns = [
    path("api/v1/", include("zuzahlung.api.urls")),
    re_path("^api(?:/|$)", pages.no_such_address),
    path("", include("zuzahlung.portal.urls")),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
