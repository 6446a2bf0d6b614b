"""Addresses of the JSON interface, below /api/v1/."""

from django.urls import path, re_path

from zuzahlung.api import pages
from zuzahlung.api.operations import api

urlpatterns = [
    path("docs", pages.docs, name="api_docs"),
    path("openapi.json", pages.description),
    path("problems/<slug:slug>", pages.problem, name="api_problem"),
    path("", pages.no_such_address),
    path("", api.urls),
    re_path("", pages.no_such_address),
]
