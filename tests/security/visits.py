"""What people do in the portal, done without a browser, so that every byte that goes over the wire is known."""

from __future__ import annotations

import re
from uuid import uuid4

from tests.security.wsgi import Answer, Caller

PASSWORD = "violett schnurrt das Fagott"


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    found = {}
    for tag in re.findall(r"<input[^>]+type=\"hidden\"[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is not None:
            found[name[1]] = value[1] if value is not None else ""
    return found


def register(caller: Caller, ik: str, email: str = "") -> Answer:
    """Neues Konto registrieren, with the code that is shown as text."""
    page = caller.get("/konto-registrieren/").text
    shown = re.search(r"Der Code lautet: </span>([A-Z0-9 ]+)<", page)
    assert shown is not None, page
    fields = {**hidden(page), "ik": ik, "email": email, "terms": "on", "code": shown[1]}
    return caller.post("/konto-registrieren/", fields)


def sign_in(caller: Caller, name: str, password: str = PASSWORD) -> Answer:
    """Anmelden."""
    return caller.post(
        "/anmelden/", {**hidden(caller.get("/anmelden/").text), "name": name, "password": password}
    )


def first_sign_in(caller: Caller, pruefnummer: str, password: str = PASSWORD, email: str = "") -> Answer:
    """Erste Anmeldung: the Prüfnummer sets the own password."""
    fields = {
        "pruefnummer": pruefnummer,
        "password": password,
        "password_again": password,
        "email": email,
        "terms": "on",
    }
    return caller.post("/erste-anmeldung/", {**hidden(caller.get("/erste-anmeldung/").text), **fields})


def ask(caller: Caller, kvnr: str, day: str, permission: str = "in-person", form_id: str = "") -> Answer:
    """Abfrage."""
    fields = {"kvnr": kvnr, "permission": permission, "day": day, "form_id": form_id or str(uuid4())}
    return caller.post("/abfrage/", {**hidden(caller.get("/abfrage/").text), **fields})


def recover(caller: Caller, name: str, pruefnummer: str, password: str = PASSWORD) -> Answer:
    """Passwort vergessen."""
    fields = {"name": name, "pruefnummer": pruefnummer, "password": password, "password_again": password}
    return caller.post("/passwort-vergessen/", {**hidden(caller.get("/passwort-vergessen/").text), **fields})


def new_key(caller: Caller, name: str) -> str:
    """A key for practice software, read off the page that shows it once."""
    page = caller.get("/praxis/schluessel/").text
    answer = caller.post("/praxis/schluessel/", {**hidden(page), "name": name})
    found = re.search(r"zuz_[0-9A-Za-z]{49}", answer.text)
    assert found is not None, answer.text
    return found[0]


def invite(caller: Caller, short_name: str, role: str) -> str:
    """The code of an invitation."""
    page = caller.get("/praxis/einladen/").text
    answer = caller.post("/praxis/einladen/", {**hidden(page), "short_name": short_name, "role": role})
    found = re.search(r"\b(?:[2-9A-Z]{5}-){5}[2-9A-Z]{5}\b", answer.text)
    assert found is not None, answer.text
    return found[0]
