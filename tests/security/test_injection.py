"""Text of people and files reaches pages, PDFs, tables, mails, logs and SQL as data and as nothing else."""

from __future__ import annotations

import ast
import csv
import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pypdf
import pytest

from tests.database import HouseDatabase
from tests.exemptions.practice import EXEMPT, NOW, PASSWORD, Practice, practice, serve_registry
from tests.security import visits
from tests.security.test_http import IK, plain_addresses
from tests.security.wsgi import Answer, Caller
from zuzahlung.accounts.directory_file import FaultyLine, Row, UnreadableDirectory, read
from zuzahlung.accounts.services import keys
from zuzahlung.accounts.services.people import Member
from zuzahlung.exemptions.delivery_lines import Fault
from zuzahlung.journal.services import acting_for

pytestmark = pytest.mark.story

# What could be meant for a browser, a template, typst, a table program, SQL, a log, a mail or a format string.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{7*7}}{% debug %}{# x #}",
    '#read("/etc/passwd")',
    "#let x = 1; $x$ *fett* `roh` \\u{41} //",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "'; drop table journal_entry; --",
    "%s %(x)s {0} {x} ${jndi:ldap://x}",
    "Bcc: jemand@example.org",
)
# What has no place in a name at all.
UNSEEN = (
    "a\x00b",
    "a\r\nBcc: x@example.org",
    "a\u202egnp.exe",
    "a\u200fb",
    "a\x1b[31mb",
    "a\u2028b",
    "\ud800",
)
LONG = "x" * 10_000


@pytest.fixture(scope="module")
def named(lasting_house: HouseDatabase) -> Practice:
    """A practice whose name and key carry hostile text, past every check of an import."""
    serve_registry()
    return practice(IK, "".join(HOSTILE)[:200])


@pytest.fixture(scope="module")
def member(named: Practice) -> Member:
    """Its owner."""
    return named.person("owner")


@pytest.fixture
def owner(member: Member) -> Caller:
    """The owner, signed in."""
    caller = Caller()
    assert visits.sign_in(caller, IK, PASSWORD).status == 302
    return caller


def is_harmless(page: str, text: str) -> bool:
    """Whether a page shows a text as text: escaped, and never as it is where that would mean something."""
    return escape(text) == text or text not in page


def test_a_name_made_of_code_is_shown_as_a_name_on_every_page(named: Practice, owner: Caller) -> None:
    shown = 0
    for address in plain_addresses():
        answer = owner.get(address)
        if "text/html" in (answer.header("Content-Type") or ""):
            for text in HOSTILE:
                assert is_harmless(answer.text, text), (address, text)
            assert "49{%" not in answer.text
            shown += named.name in unescape(answer.text)
    assert shown > 10


def test_a_receipt_prints_a_name_made_of_code_letter_by_letter(named: Practice, owner: Caller) -> None:
    address = visits.ask(owner, EXEMPT, f"{datetime.now(UTC):%d.%m.%Y}").header("Location")
    pdf = owner.get(f"{address}nachweis.pdf").body
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert without_gaps('#read("/etc/passwd")') in without_gaps(text)
    assert without_gaps("{{7*7}}") in without_gaps(text)
    assert "root:x:0" not in text
    assert b"/JavaScript" not in pdf
    assert b"/URI" not in pdf or b"evil" not in pdf


def without_gaps(text: str) -> str:
    return re.sub(r"\s", "", text).translate(str.maketrans("“”„‘’", '"""\'\''))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_letter_prints_names_and_addresses_made_of_code(text: str) -> None:
    from zuzahlung.accounts.letters import Letter, Occasion, initialkennwort_pdf
    from zuzahlung.site.configuration import Fund
    from zuzahlung.standards.numbers import ik

    letter = Letter(
        ik=ik.parse(IK),
        address=(text, text, f"01067 {text}"),
        reference="R-1",
        occasion=Occasion.REGISTRATION,
        requested_on=NOW.date(),
        portal_url="https://portal.example",
        fund=Fund(),
    )
    pdf = initialkennwort_pdf(letter, code="2345678923456789", valid_until=NOW.date(), now=NOW)
    printed = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert without_gaps(text) in without_gaps(printed)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_name_of_a_key_is_text_on_pages_and_defused_in_tables(
    member: Member, owner: Caller, text: str
) -> None:
    _, token = keys.make_key(member, text, [keys.EXEMPTION_QUERIES], NOW)
    body = {"kvnr": EXEMPT, "permission": "in-person", "serviceDates": [f"{datetime.now(UTC):%Y-%m-%d}"]}
    asked = Caller().call(
        "POST", "/api/v1/exemption-queries", body=json.dumps(body).encode(), content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert asked.status == 200
    for address in ("/praxis/", "/verlauf/"):
        page = owner.get(address).text
        assert is_harmless(page, text)
        assert " ".join(text.split()) in " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())
    table = owner.post("/verlauf/ausgabe.csv", {"csrfmiddlewaretoken": owner.token("/verlauf/")})
    cells = [
        cell for row in csv.reader(io.StringIO(table.text.lstrip("\ufeff")), delimiter=";") for cell in row
    ]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    defused = f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
    assert " ".join(defused.split()) in cells


@pytest.mark.parametrize("text", UNSEEN)
def test_a_key_cannot_be_named_with_signs_that_nobody_sees(member: Member, owner: Caller, text: str) -> None:
    page = owner.get("/praxis/schluessel/").text
    body = urlencode({**visits.hidden(page), "name": text}, errors="surrogatepass")
    answer = owner.call(
        "POST", "/praxis/schluessel/", body=body.encode(), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status < 500
    for key in keys.list_keys(member):
        assert key.name.isprintable()


def directory(**changed: str) -> Iterator[object]:
    row = {
        "IK": IK,
        "Name": "Praxis",
        "Straße": "Weg 1",
        "PLZ": "01067",
        "Ort": "Dresden",
        "Leistungsarten": "heilmittel",
    }
    text = io.StringIO()
    table = csv.writer(text, delimiter=";")
    table.writerow(row)
    table.writerow({**row, **changed}.values())
    return read(io.BytesIO(text.getvalue().encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize("column", ["Name", "Straße", "Ort"])
@pytest.mark.parametrize("text", [*UNSEEN, LONG])
def test_the_directory_takes_no_text_with_signs_that_nobody_sees(column: str, text: str) -> None:
    try:
        found = list(directory(**{column: text}))
    except UnreadableDirectory:
        return
    for one in found:
        if isinstance(one, FaultyLine):
            assert one.text.isprintable()
            assert LONG[:50] not in one.text
        else:
            # A line break of any kind within a cell is a space.
            assert isinstance(one, Row)
            assert f"{one.name}{one.street}{one.city}".isprintable()


@pytest.mark.parametrize("text", [*HOSTILE, *UNSEEN, LONG, "Erika Mustermann", "", "123"])
def test_initials_of_the_registry_are_initials_or_faulty_and_never_repeated(text: str) -> None:
    from zuzahlung.exemptions.delivery_lines import _initials

    with pytest.raises(Fault) as fault:
        _initials(text)
    reason = str(fault.value.reason)
    assert reason.isprintable()
    assert not text or text not in reason


def fields_of(page: str) -> Iterator[tuple[str, str, list[str]]]:
    """Each form of a page: its method, where it goes, and the names of its fields."""
    for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
        head = form.partition(">")[0]
        method = (re.search(r'method="(\w+)"', head) or ["", "get"])[1]
        action = unescape((re.search(r'action="([^"]*)"', head) or ["", ""])[1])
        yield (
            method.upper(),
            action,
            re.findall(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"', form),
        )


def every_form(caller: Caller) -> list[tuple[str, str, list[str]]]:
    """All forms that somebody finds, each once."""
    found = {}
    for address in plain_addresses():
        page = caller.get(address)
        if page.status == 200 and "text/html" in (page.header("Content-Type") or ""):
            for method, action, names in fields_of(page.text):
                if "abmelden" not in action:
                    found[method, action or address] = names
    return [(method, address, names) for (method, address), names in found.items()]


@pytest.mark.parametrize(
    "text", [*HOSTILE[:4:2], HOSTILE[10], *UNSEEN[::3], LONG, "", "-1", "99999999999999999999"]
)
def test_no_form_breaks_whatever_is_typed_into_every_field(owner: Caller, text: str) -> None:
    visitor = Caller(address="198.51.100.77")
    tried = 0
    for caller in (owner, visitor):
        for method, address, names in every_form(caller):
            fields = {name: text for name in names if name != "csrfmiddlewaretoken"}
            answer = send(caller, method, address, fields)
            assert answer.status < 500, (method, address, text)
            assert is_harmless(answer.text, text) or "text/html" not in (answer.header("Content-Type") or "")
            assert not any("\n" in value or "\r" in value for _, value in answer.headers)
            tried += 1
    assert tried > 15


def send(caller: Caller, method: str, address: str, fields: dict[str, str]) -> Answer:
    if method == "GET":
        query = urlencode(fields, errors="surrogatepass")
        return caller.get(f"{address.partition('?')[0]}?{query}")
    fields = {"csrfmiddlewaretoken": caller.token(address) or caller.token("/anmelden/"), **fields}
    body = urlencode(fields, errors="surrogatepass").encode()
    return caller.call("POST", address, body=body, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize("text", [*HOSTILE, "\x00", "..", "%", "\u202e", "0" * 500])
def test_no_address_breaks_whatever_stands_in_it(owner: Caller, text: str) -> None:
    part = quote(text, safe="")
    for address in ("/{}/", "/auskunft/{}/", "/auskunft/{}/nachweis.pdf", "/hilfe/{}/", "/listenabfrage/{}/",
                    "/praxis/person/{}/", "/verlauf/?seite={}&vor={}", "/listenabfrage/?seite={}", "/anmelden/?weiter={}",
                    "/api/v1/exemption-queries/{}", "/api/v1/problems/{}", "/static/{}"):  # fmt: skip
        answer = owner.get(address.replace("{}", part).replace("%25", "%"))
        assert answer.status in {200, 302, 400, 401, 404}, (address, text, answer.status)
        assert is_harmless(answer.text, text) or address.startswith("/api/")


@pytest.mark.parametrize(
    "given",
    [
        {"kvnr": LONG}, {"kvnr": None}, {"kvnr": {}}, {"kvnr": ["A123456780"]}, {"kvnr": 1e400}, {"kvnr": "\x00"},
        {"permission": LONG}, {"serviceDates": ["2026-11-19"] * 10_000}, {"serviceDates": [[]]}, {"serviceDates": "x"},
        {"serviceDates": ["0000-00-00"]}, {"serviceDates": ["9999-12-31"]}, {"__proto__": {}}, {"<script>": 1},
        {"permissionUntil": -1}, {"permissionUntil": "2026-11-31"},
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_json_is_answered_with_findings_that_repeat_nothing(member: Member, given: dict[str, Any]) -> None:
    _, token = keys.make_key(member, "Programm", [keys.EXEMPTION_QUERIES], NOW)
    body = {"kvnr": EXEMPT, "permission": "in-person", "serviceDates": ["2026-11-19"], **given}
    answer = Caller().call(
        "POST", "/api/v1/exemption-queries", body=json.dumps(body).encode(), content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status in {400, 413, 422}
    for word in (EXEMPT, LONG[:50], "<script>", "9999-12-31"):
        assert word not in answer.text


@pytest.mark.parametrize(
    "text",
    [*HOSTILE[:6], "a@b.example\r\nBcc: x@example.org", "a@b.example\nBcc: x@example.org", "a@b.example, c@d.example",
     "<a@b.example>", "a@b.example\x00", "\u202ea@b.example", f"{LONG}@b.example", "a@[127.0.0.1]\r\n", "a b@c.example"],
)  # fmt: skip
def test_an_address_for_mails_is_one_address_or_refused(owner: Caller, named: Practice, text: str) -> None:
    from zuzahlung.accounts.models import Person
    from zuzahlung.accounts.services.people import open_email

    page = owner.get("/praxis/mein-zugang/e-mail/").text
    for typed in ("", text):
        owner.post("/praxis/mein-zugang/e-mail/", {**visits.hidden(page), "email": typed})
    with acting_for(named.id):
        kept = open_email(Person.objects.get(sign_in=IK).email_sealed, named.id)
    assert kept in {"", text.strip()}
    assert re.fullmatch(r"([^\s<>,]+@[^\s<>,]+)?", kept)


def test_a_mail_cannot_be_given_another_header_by_what_it_says(settings: Any) -> None:
    from django.core import mail
    from django.core.mail import BadHeaderError

    from zuzahlung.delivery.services import Mail, _post

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    for to, subject in (
        ("a@b.example\r\nBcc: x@example.org", "x"),
        ("a@b.example", "x\r\nBcc: x@example.org"),
    ):
        with pytest.raises(BadHeaderError):
            _post(Mail(to=to, subject=subject, text="x"), "<1@x.example>")
    assert mail.outbox == []


@pytest.mark.parametrize("text", [*HOSTILE, LONG, "a\x00b", "a\u202eb"])
def test_a_list_comes_back_with_its_cells_as_text(owner: Caller, named: Practice, text: str) -> None:
    """Every cell is given back as it was handed in, on the page escaped and in the table defused."""
    cell = text.replace("\x00", "")
    table = io.StringIO()
    rows = csv.writer(table, delimiter=";")
    rows.writerow(("Krankenversichertennummer", "Erlaubnis", "Erlaubnis bis", "Tag der Abgabe"))
    rows.writerow((cell, cell, cell, cell))
    answer = upload(owner, table.getvalue().encode())
    if answer.status == 302:
        page = owner.get((answer.header("Location") or "").partition("?")[0])
        assert page.status == 200
        assert is_harmless(page.text, cell)
    else:
        assert answer.status in {200, 413}, answer.text[:300]
        assert is_harmless(answer.text, cell)


@pytest.mark.parametrize(
    "name", ["../../x.csv", "<script>.csv", 'a"; filename="b.csv', "a\r\nX: y.csv", "\u202e.csv", LONG]
)
@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 1000, b"\xff\xfe", b"PK\x03\x04" + b"\x00" * 1000, b"\x1f\x8b" + b"\x00" * 1000],
)
def test_no_uploaded_file_breaks_the_list(owner: Caller, name: str, content: bytes) -> None:
    answer = upload(owner, content, name)
    assert answer.status in {200, 400, 413}
    assert "<script>" not in answer.text.replace('<script type="module"', "").replace("<script src", "")


def upload(caller: Caller, content: bytes, name: str = "liste.csv") -> Answer:
    page = caller.get("/listenabfrage/").text
    field = re.search(
        r'<input[^>]*type="file"[^>]*name="([^"]+)"|<input[^>]*name="([^"]+)"[^>]*type="file"', page
    )
    assert field is not None, page
    boundary = "----grenze"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in visits.hidden(page).items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field[1] or field[2]}"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
    body = b"".join([*parts, head.encode(), content, f"\r\n--{boundary}--\r\n".encode()])
    return caller.call(
        "POST", "/listenabfrage/", body=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


def test_a_browser_that_calls_itself_something_hostile_is_listed_as_a_family(member: Member) -> None:
    caller = Caller()
    agent = {"User-Agent": "<script>Firefox/1</script>\x1b[31m Linux"}
    page = caller.get("/anmelden/").text
    caller.post("/anmelden/", {**visits.hidden(page), "name": IK, "password": PASSWORD}, headers=agent)
    assert "Firefox auf Linux" in caller.get("/praxis/mein-zugang/anmeldungen/").text


SOURCES = Path(__file__).parents[2] / "src"


def test_nothing_of_the_sources_takes_text_for_markup_or_code() -> None:
    words = (
        "mark_safe", "SafeString(", "|safe", "autoescape off", "innerHTML", "insertAdjacentHTML", "document.write",
        "eval(", "new Function", "html_safe",
    )  # fmt: skip
    found = [
        f"{path.relative_to(SOURCES)}: {word}"
        for kind in ("py", "html", "js", "typ")
        for path in SOURCES.rglob(f"*.{kind}")
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_markup_that_is_put_together_has_a_fixed_form_and_escaped_values() -> None:
    calls = [
        (path.name, call)
        for path in SOURCES.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "").startswith("format_html")
    ]
    assert len(calls) > 5
    loose = [f"{name}:{call.lineno}" for name, call in calls if not isinstance(call.args[0], ast.Constant)]
    assert loose == []


def test_what_is_typed_is_no_second_line_of_the_log(owner: Caller, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        owner.get("/gibt-es-nicht/%0d%0a2026-11-22%20ERROR%20root%20alles%20verloren/")
    from zuzahlung.site.logs import Line

    lines = [Line().format(record) for record in caplog.records]
    assert len(lines) == 1
    assert lines[0].isprintable()
