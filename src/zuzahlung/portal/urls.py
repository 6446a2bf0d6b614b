"""Addresses of the pages."""

from django.urls import path

from zuzahlung.portal.views import entry, public, query

app_name = "portal"
urlpatterns = [
    path("", public.start, name="start"),
    path("konto-registrieren/", entry.register, name="register"),
    path("konto-registrieren/angenommen/", entry.registered, name="registered"),
    path("anmelden/", entry.sign_in, name="sign_in"),
    path("erste-anmeldung/", entry.first_sign_in, name="first_sign_in"),
    path("passwort-vergessen/", entry.recover, name="recover"),
    path("abmelden/", entry.sign_out, name="sign_out"),
    path("sicherheits-pruefung/", entry.captcha, name="captcha"),
    path("abfrage/", query.ask, name="query"),
    path("auskunft/<uuid:entry>/", query.answer, name="answer"),
    path("auskunft/<uuid:entry>/nachweis.pdf", query.receipt, name="answer_pdf"),
    path("listenabfrage/", public.later, name="lists"),
    path("verlauf/", public.later, name="history"),
    path("praxis/", public.later, name="practice"),
    path("hilfe/", public.help_index, name="help"),
    path("hilfe/<slug:slug>/", public.help_page, name="help_task"),
    path("barrierefreiheit/", public.accessibility, name="accessibility"),
    path("datenschutz/", public.privacy, name="privacy"),
    path("nutzungsbedingungen/", public.terms, name="terms"),
    path("impressum/", public.imprint, name="imprint"),
    path("status/", public.status, name="status"),
    path("farben.css", public.theme, name="theme"),
]
