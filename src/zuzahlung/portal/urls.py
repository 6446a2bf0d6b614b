"""Addresses of the pages."""

from django.urls import path

from zuzahlung.portal.views import entry, history, invitation, lists, own_access, practice, public, query

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
    path("listenabfrage/", lists.overview, name="lists"),
    path("listenabfrage/vorlage.csv", lists.template, name="list_template"),
    path("listenabfrage/<uuid:list_query>/", lists.one, name="list"),
    path("listenabfrage/<uuid:list_query>/starten/", lists.start, name="list_start"),
    path("listenabfrage/<uuid:list_query>/loeschen/", lists.discard, name="list_discard"),
    path("listenabfrage/<uuid:list_query>/ergebnis.csv", lists.result, name="list_csv"),
    path("verlauf/", history.overview, name="history"),
    path("verlauf/ausgabe.csv", history.export, name="history_csv"),
    path("praxis/", practice.overview, name="practice"),
    path("praxis/einladen/", practice.invite, name="invite"),
    path(
        "praxis/einladung/<uuid:invitation>/zuruecknehmen/",
        practice.revoke_invitation,
        name="revoke_invitation",
    ),
    path("praxis/person/<uuid:person>/", practice.person, name="person"),
    path("praxis/person/<uuid:person>/neu-einladen/", practice.invite_again, name="invite_again"),
    path("praxis/person/<uuid:person>/entfernen/", practice.remove, name="remove_person"),
    path("praxis/schluessel/", practice.make_key, name="make_key"),
    path("praxis/schluessel/<uuid:key>/widerrufen/", practice.revoke_key, name="revoke_key"),
    path("praxis/pruefnummer/", own_access.new_pruefnummer, name="new_pruefnummer"),
    path("praxis/teilnahme-beenden/", own_access.end_participation, name="end_participation"),
    path("praxis/mein-zugang/passwort/", own_access.password, name="own_password"),
    path("praxis/mein-zugang/e-mail/", own_access.email, name="own_email"),
    path("praxis/mein-zugang/anmeldungen/", own_access.signed_in_browsers, name="own_sessions"),
    path("praxis/mein-zugang/anmeldungen/beenden/", own_access.end_session, name="end_session"),
    path(
        "praxis/mein-zugang/anmeldungen/alle-beenden/", own_access.end_all_sessions, name="end_all_sessions"
    ),
    path("praxis/mein-zugang/verlassen/", own_access.leave, name="leave"),
    path("hinweis/<uuid:notice>/gelesen/", practice.notice_read, name="notice_read"),
    path("abgemeldet/", own_access.signed_out, name="signed_out"),
    path("zugang-beendet/", own_access.gone, name="gone"),
    path("einladung/", invitation.code, name="invitation"),
    path("einladung/annehmen/", invitation.joining, name="joining"),
    path("hilfe/", public.help_index, name="help"),
    path("hilfe/<slug:slug>/", public.help_page, name="help_task"),
    path("barrierefreiheit/", public.accessibility, name="accessibility"),
    path("datenschutz/", public.privacy, name="privacy"),
    path("nutzungsbedingungen/", public.terms, name="terms"),
    path("impressum/", public.imprint, name="imprint"),
    path("status/", public.status, name="status"),
    path("farben.css", public.theme, name="theme"),
]
