"""Addresses of the operator's site: the admin, and nothing of the portal."""

from django.urls import path

from zuzahlung.site import operator_errors
from zuzahlung.site.operator_site import site

urlpatterns = [path("", site.urls)]
handler400 = operator_errors.bad_request
handler403 = operator_errors.forbidden
handler404 = operator_errors.not_found
handler500 = operator_errors.server_error
