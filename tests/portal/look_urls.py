"""Addresses for the sample pages: the names the templates use, with nothing behind them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nothing(request: HttpRequest, **_: str) -> HttpResponse:
    return HttpResponse()


NAMES = {
    "": "start",
    "registrieren": "register",
    "registriert": "registered",
    "erste-anmeldung": "first_sign_in",
    "anmelden": "sign_in",
    "abmelden": "sign_out",
    "passwort-vergessen": "recover",
    "hilfe": "help",
    "hilfe/<slug:slug>": "help_task",
    "barrierefreiheit": "accessibility",
    "datenschutz": "privacy",
    "nutzungsbedingungen": "terms",
    "impressum": "imprint",
    "status": "status",
    "abfrage": "query",
    "listen": "lists",
    "verlauf": "history",
    "praxis": "practice",
    "farben.css": "theme",
    "pruefung.json": "captcha",
}
pages = [path(address, nothing, name=name) for address, name in NAMES.items()]
urlpatterns = [path("", include((pages, "portal")))]
