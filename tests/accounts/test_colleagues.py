"""Owners invite, change roles and remove; each invitation lets one person in once, and one owner always stays."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.accounts.household import (
    IK,
    NEW_PASSWORD,
    OTHER_IK,
    PASSWORD,
    Clock,
    Letters,
    Practice,
    at_once,
    browser,
    enter,
    errors_of,
    known_practice,
    names,
    signed_in,
    text_of,
    work,
)
from zuzahlung.accounts.models import Invitation, Notice, Person, Secret
from zuzahlung.accounts.rules import Role, fault_of_short_name
from zuzahlung.accounts.services import colleagues, invitations
from zuzahlung.accounts.services.invitations import Guest, Invited
from zuzahlung.accounts.services.people import Member

REVOKED = (
    "Diese Einladung gilt nicht mehr: Sie wurde zurückgenommen oder durch eine neuere ersetzt. Bitte fragen Sie in "
    "Ihrer Praxis nach dem neuen Link, oder lassen Sie sich neu einladen."
)
CODE = re.compile(r"\b(?:[2-9A-Z]{5}-){5}[2-9A-Z]{5}\b")


def code_on(page: Any) -> str:
    return CODE.search(page.content.decode()).group()  # type: ignore[union-attr]


def invited(client: Any, short_name: str = "anna", role: str = "reception", **more: str) -> str:
    """The code of an invitation as the owner sees it."""
    return code_on(client.post("/praxis/einladen/", {"short_name": short_name, "role": role, **more}))


def shows(code: str, client: Any = None) -> Any:
    return (client or browser("198.51.100.7")).post("/einladung/", {"invitation": code})


def joins(code: str, password: str = NEW_PASSWORD, client: Any = None) -> Any:
    """Somebody follows an invitation to the end."""
    client = client or browser("198.51.100.7")
    answer = shows(code, client)
    if answer.status_code != 302:
        return answer
    return client.post(
        "/einladung/annehmen/", {"password": password, "password_again": password, "terms": "on"}
    )


def test_a_colleague_joins_with_an_own_password_in_the_role_of_the_invitation(
    practice: Practice, clock: Clock
) -> None:
    owner = signed_in(practice.person())
    code = invited(owner, "anna-lena", "billing")
    anna = browser("198.51.100.7")

    assert shows(code, anna)["Location"] == "/einladung/annehmen/"
    page = text_of(anna.get("/einladung/annehmen/"))
    assert "Praxis am Markt lädt Sie ein" in page
    assert "Ihr Benutzername 260326822-anna-lena" in page
    assert "Ihre Rolle Abrechnung" in page
    assert joins(code, client=anna)["Location"] == "/abfrage/"

    assert anna.get("/abfrage/").status_code == 200
    assert enter(browser(), "260326822-anna-lena", NEW_PASSWORD).status_code == 302
    (person,) = practice.rows(Person, short_name="anna-lena")
    assert (person.role, person.terms_version, person.terms_accepted_at) == ("billing", "2026-11", clock.now)
    assert practice.journal() == ["sign-in", "invitation-made", "invitation-accepted", "sign-in"]
    assert [notice.kind for notice in practice.rows(Notice)] == ["invitation-accepted"]


def test_an_invitation_works_once(practice: Practice, clock: Clock) -> None:
    code = invited(signed_in(practice.person()))
    joins(code)
    assert errors_of(joins(code)) == [
        "Diese Einladung wurde schon benutzt. Melden Sie sich bitte mit Ihrem Passwort an."
    ]


def test_of_two_people_at_once_with_one_code_one_gets_in(practice: Practice, clock: Clock) -> None:
    owner = practice.person()
    made = invitations.invite(owner, "anna", Role.RECEPTION, clock.now)
    assert isinstance(made, Invited)
    guest = invitations.find_invitation(made.code.replace("-", ""), network="x", now=clock.now)
    assert isinstance(guest, Guest)

    def accepting(password: str) -> Any:
        return lambda: invitations.accept(guest, password=password, terms_version="2026-11", now=clock.now)

    assert names(at_once(accepting(PASSWORD), accepting(NEW_PASSWORD))) == ["Member", "NoInvitation"]
    assert len(practice.rows(Person, short_name="anna")) == 1


def test_an_invitation_ends_after_72_hours(practice: Practice, clock: Clock) -> None:
    owner = practice.person()
    early = invited(signed_in(owner), "anna")
    late = invited(signed_in(owner), "bert")
    clock.forward(hours=72, seconds=-1)
    on_the_page = browser("198.51.100.8")
    assert shows(late, on_the_page).status_code == 302
    assert joins(early)["Location"] == "/abfrage/"
    clock.forward(seconds=1)
    assert errors_of(shows(late)) == ["Diese Einladung ist abgelaufen. Bitte lassen Sie sich neu einladen."]
    # Who had opened it in time and chose the password too late is told so as well.
    answer = on_the_page.post(
        "/einladung/annehmen/", {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD, "terms": "on"}
    )
    assert "Diese Einladung ist abgelaufen." in text_of(on_the_page.get(answer["Location"]))


def test_an_owner_takes_an_invitation_back(practice: Practice, clock: Clock) -> None:
    owner = signed_in(practice.person())
    code = invited(owner)
    (row,) = practice.rows(Invitation)
    page = text_of(owner.get("/praxis/"))
    assert "260326822-anna , Empfang gilt bis 22.11.2026, 10:42 Uhr" in page

    answer = owner.post(f"/praxis/einladung/{row.id}/zuruecknehmen/", follow=True)

    assert "Die Einladung ist zurückgenommen." in text_of(answer)
    assert "260326822-anna" not in text_of(owner.get("/praxis/"))
    assert errors_of(shows(code)) == [REVOKED]


def test_a_new_invitation_for_a_name_ends_the_older_one(practice: Practice, clock: Clock) -> None:
    owner = signed_in(practice.person())
    first = invited(owner, "anna", "reception")
    second = invited(owner, "anna", "auditor", replace="anna")
    assert errors_of(joins(first)) == [REVOKED]
    assert joins(second)["Location"] == "/verlauf/"
    assert [person.role for person in practice.rows(Person, short_name="anna")] == ["auditor"]


def test_a_name_that_is_invited_already_is_asked_about_before_the_older_link_ends(
    practice: Practice, clock: Clock
) -> None:
    owner = signed_in(practice.person())
    first = invited(owner)
    page = owner.post("/praxis/einladen/", {"short_name": "anna", "role": "reception"})
    assert CODE.search(page.content.decode()) is None
    assert "260326822-anna ist schon eingeladen" in text_of(page)
    assert "gilt der alte Link nicht mehr" in text_of(page)
    assert joins(first).status_code == 302


def form_id_of(page: Any) -> str:
    return re.search(r'name="form_id" value="([0-9a-f-]{36})"', page.content.decode()).group(1)  # type: ignore[union-attr]


def test_the_same_form_sent_again_makes_no_second_invitation_and_leaves_the_link_alone(
    practice: Practice, clock: Clock
) -> None:
    owner, anna = practice.person(), practice.person("anna", "reception")
    client = signed_in(owner)
    again = f"/praxis/person/{anna.id}/neu-einladen/"
    new = {"short_name": "bert", "role": "billing", "form_id": form_id_of(client.get("/praxis/einladen/"))}
    for address, form in (("/praxis/einladen/", new), (again, {"form_id": form_id_of(client.get(again))})):
        code = code_on(client.post(address, form))
        answer = client.post(address, form)
        assert answer["Location"] == "/praxis/"
        assert "Diese Einladung ist schon gemacht; der Link wurde nur einmal gezeigt." in text_of(
            client.get("/praxis/")
        )
        assert shows(code).status_code == 302
    assert practice.journal().count("invitation-made") == 2


def test_who_invites_somebody_again_reads_that_an_open_link_ends(practice: Practice, clock: Clock) -> None:
    owner, anna = practice.person(), practice.person("anna", "reception")
    client, address = signed_in(owner), f"/praxis/person/{anna.id}/neu-einladen/"
    warning = "Es gibt schon eine offene Einladung"
    assert warning not in text_of(client.get(address))
    client.post(address)
    assert warning in text_of(client.get(address))


TAKEN = "Diesen Kurznamen gibt es schon, oder es gab ihn"


def test_a_short_name_is_given_once_even_after_somebody_left(practice: Practice, clock: Clock) -> None:
    owner = practice.person()
    anna = practice.person("anna", "reception")
    client = signed_in(owner)
    form = {"short_name": "anna", "role": "billing"}
    assert errors_of(client.post("/praxis/einladen/", form))[0].startswith(TAKEN)
    colleagues.remove(owner, anna.id, clock.now)
    assert errors_of(client.post("/praxis/einladen/", form))[0].startswith(TAKEN)


def test_two_practices_may_have_people_of_the_same_name(practice: Practice, clock: Clock) -> None:
    other = known_practice(clock, OTHER_IK)
    practice.person("anna", "reception")
    joins(invited(signed_in(other.person()), "anna"))
    assert enter(browser(), f"{OTHER_IK}-anna", NEW_PASSWORD).status_code == 302
    assert enter(browser(), f"{IK}-anna", NEW_PASSWORD).status_code == 200


@pytest.mark.parametrize(
    ("short_name", "fault"),
    [
        ("anna", None),
        ("anna-lena2", None),
        ("ab", None),
        ("x" * 30, None),
        ("a", "Ein Kurzname hat 2 bis 30 Zeichen, zum Beispiel anna."),
        ("x" * 31, "Ein Kurzname hat 2 bis 30 Zeichen, zum Beispiel anna."),
        (
            "Jörg Müller",
            "Bitte nur kleine Buchstaben a bis z, Ziffern und Bindestrich. Wie wäre es mit joerg-mueller?",
        ),
        ("anna@praxis", "Bitte nur kleine Buchstaben a bis z, Ziffern und Bindestrich."),
        ("-anna", "Ein Kurzname beginnt und endet mit einem Buchstaben oder einer Ziffer."),
        ("anna-", "Ein Kurzname beginnt und endet mit einem Buchstaben oder einer Ziffer."),
    ],
)
def test_a_short_name_has_small_letters_digits_and_hyphens(short_name: str, fault: str | None) -> None:
    assert fault_of_short_name(short_name) == fault


def test_the_code_is_kept_as_a_hash_and_has_enough_chance_in_it(practice: Practice, clock: Clock) -> None:
    from hashlib import sha256

    from zuzahlung.vault.codes import EINLADUNGSCODE

    code = invited(signed_in(practice.person())).replace("-", "")
    (row,) = practice.rows(Invitation)
    assert bytes(row.token_hash) == sha256(code.encode()).digest()
    assert EINLADUNGSCODE.random_bits > 128


def test_the_whole_link_may_be_pasted_and_typing_errors_are_told(practice: Practice, clock: Clock) -> None:
    code = invited(signed_in(practice.person()))
    wrong = ("2" if code[0] != "2" else "3") + code[1:]
    for typed in (wrong, "ABC", code[:-1], "https://portal.example/einladung/"):
        (told,) = errors_of(shows(typed))
        assert told.startswith("Der Einladungscode ist nicht vollständig oder enthält einen Tippfehler.")
    assert shows(f"http://127.0.0.1:8000/einladung/#{code}").status_code == 302
    assert shows(code.lower().replace("-", " ")).status_code == 302


def test_a_made_up_code_leads_nowhere_and_trying_many_has_to_wait(practice: Practice, clock: Clock) -> None:
    import secrets

    from zuzahlung.vault import codes

    for _ in range(21):
        answer = shows(codes.make(codes.EINLADUNGSCODE, secrets.token_bytes))
    assert errors_of(answer) == [
        "Diese Einladung gibt es nicht. Bitte vergleichen Sie den Code Zeichen für Zeichen."
    ]
    assert "zu viele Versuche" in errors_of(shows(codes.make(codes.EINLADUNGSCODE, secrets.token_bytes)))[0]


def test_a_weak_password_is_refused_for_a_guest_too(practice: Practice, clock: Clock) -> None:
    code = invited(signed_in(practice.person()), "annemarie")
    assert errors_of(joins(code, "annemarie-praxis"))[0].startswith("Das Passwort ist zu leicht zu erraten")


def test_without_the_terms_nobody_joins(practice: Practice, clock: Clock) -> None:
    client = browser()
    shows(invited(signed_in(practice.person())), client)
    answer = client.post("/einladung/annehmen/", {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD})
    assert errors_of(answer) == ["Bitte stimmen Sie den Nutzungsbedingungen zu."]


def test_a_colleague_with_a_lost_password_is_invited_again_and_keeps_role_and_name(
    practice: Practice, clock: Clock
) -> None:
    owner, anna = practice.person(), practice.person("anna", "billing")
    old = signed_in(anna)
    client = signed_in(owner)
    code = code_on(client.post(f"/praxis/person/{anna.id}/neu-einladen/"))
    assert old.get("/abfrage/").status_code == 200  # Until the invitation is used, all stays as it is.

    assert joins(code)["Location"] == "/abfrage/"

    assert old.get("/abfrage/").status_code == 302
    assert enter(browser(), anna.sign_in, PASSWORD).status_code == 200
    assert enter(browser(), anna.sign_in, NEW_PASSWORD).status_code == 302
    assert len(practice.rows(Person, short_name="anna")) == 1
    assert practice.row(anna).role == "billing"


def test_a_sleeping_colleague_is_woken_by_a_new_invitation(practice: Practice, clock: Clock) -> None:
    owner, anna = practice.person(), practice.person("anna", "reception")
    clock.forward(days=100)
    enter(browser(), owner.sign_in)
    clock.forward(days=100)
    asleep = browser()
    assert enter(asleep, anna.sign_in)["Location"] == "/passwort-vergessen/"
    assert "lädt Sie die Inhaberin oder der Inhaber Ihrer Praxis neu ein" in text_of(
        asleep.get("/passwort-vergessen/")
    )
    client = signed_in(owner)
    assert "schläft" in text_of(client.get("/praxis/"))
    joins(code_on(client.post(f"/praxis/person/{anna.id}/neu-einladen/")))
    assert enter(browser(), anna.sign_in, NEW_PASSWORD)["Location"] == "/abfrage/"


def test_nobody_takes_over_the_first_account_or_the_own_one_by_invitation(
    practice: Practice, clock: Clock
) -> None:
    first, bert = practice.person(), practice.person("bert", "owner")
    client = signed_in(bert)
    assert client.post(f"/praxis/person/{first.id}/neu-einladen/").status_code == 404
    assert client.post(f"/praxis/person/{bert.id}/neu-einladen/").status_code == 404
    assert practice.rows(Invitation) == []


def test_a_new_role_counts_from_the_next_click(practice: Practice, clock: Clock) -> None:
    owner, anna = practice.person(), practice.person("anna", "billing")
    working = signed_in(anna)
    assert working.get("/listenabfrage/").status_code == 200
    answer = signed_in(owner).post(f"/praxis/person/{anna.id}/", {"role": "reception"}, follow=True)
    assert answer.status_code == 200
    assert working.get("/listenabfrage/").status_code == 403
    assert working.get("/abfrage/").status_code == 200
    assert "role-changed" in practice.journal()


def test_an_open_invitation_ends_when_the_role_of_its_person_changes(
    practice: Practice, clock: Clock
) -> None:
    owner, anna = practice.person(), practice.person("anna", "billing")
    code = invitations.invite_again(owner, anna.id, clock.now).code
    colleagues.change_role(owner, anna.id, Role.RECEPTION, clock.now)
    assert errors_of(joins(code)) == [REVOKED]


def test_who_is_removed_is_out_at_once_and_everywhere(practice: Practice, clock: Clock) -> None:
    owner, anna = practice.person(), practice.person("anna", "reception", email="anna@example.org")
    working = [signed_in(anna), signed_in(anna)]
    code = invitations.invite_again(owner, anna.id, clock.now).code
    client = signed_in(owner)
    page = text_of(client.get(f"/praxis/person/{anna.id}/entfernen/"))
    assert "260326822-anna hat dann sofort keinen Zugang mehr" in page

    answer = client.post(f"/praxis/person/{anna.id}/entfernen/", follow=True)

    assert "260326822-anna hat keinen Zugang mehr." in text_of(answer)
    assert [one.get("/abfrage/").status_code for one in working] == [302, 302]
    assert enter(browser(), anna.sign_in).status_code == 200
    assert errors_of(joins(code)) == [REVOKED]
    row = practice.row(anna)
    assert (row.state, row.left_at, row.email_sealed, row.has_usable_password()) == (
        "left",
        clock.now,
        None,
        False,
    )
    assert client.get(f"/praxis/person/{anna.id}/").status_code == 404


def test_links_made_by_an_owner_who_is_removed_open_nothing(practice: Practice, clock: Clock) -> None:
    first, bert = practice.person(), practice.person("bert", "owner")
    code = invited(signed_in(bert), "hintertuer", "owner")
    colleagues.remove(first, bert.id, clock.now)
    assert errors_of(joins(code)) == [REVOKED]


LAST = "Eine Person mit der Rolle „Inhaberin oder Inhaber“ muss bleiben."


def test_the_last_owner_can_neither_be_demoted_nor_go(practice: Practice, clock: Clock) -> None:
    owner = practice.person()
    practice.person("anna", "billing")
    client = signed_in(owner)
    assert errors_of(client.post(f"/praxis/person/{owner.id}/", {"role": "billing"}))[0].startswith(LAST)
    assert errors_of(client.post("/praxis/mein-zugang/verlassen/", {"current_password": PASSWORD}))[
        0
    ].startswith(LAST)
    assert (
        client.post(f"/praxis/person/{owner.id}/entfernen/")["Location"] == "/praxis/mein-zugang/verlassen/"
    )
    assert client.get("/praxis/").status_code == 200
    assert practice.row(owner).role == "owner"


def test_with_a_second_owner_the_first_may_give_up_the_role(practice: Practice, clock: Clock) -> None:
    owner = practice.person()
    practice.person("bert", "owner")
    client = signed_in(owner)
    answer = client.post(f"/praxis/person/{owner.id}/", {"role": "reception"}, follow=True)
    assert "260326822 hat jetzt die Rolle „Empfang“." in text_of(answer)
    assert client.get("/praxis/einladen/").status_code == 403


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("way", ["demote", "remove"])
def test_two_owners_who_push_each_other_out_at_once_leave_one_owner(
    practice: Practice, clock: Clock, way: str, turn: int
) -> None:
    first, bert = practice.person(), practice.person("bert", "owner")

    def pushes(who: Member, whom: Member) -> Any:
        if way == "demote":
            return lambda: colleagues.change_role(who, whom.id, Role.RECEPTION, clock.now)
        return lambda: colleagues.remove(who, whom.id, clock.now)

    outcomes = at_once(pushes(first, bert), pushes(bert, first))

    assert names(outcomes) == sorted(["PermissionDenied", "RoleChanged" if way == "demote" else "Left"])
    owners = practice.rows(Person, role="owner", state="active")
    assert len(owners) == 1


def test_two_owners_who_go_at_once_leave_one_owner(practice: Practice, clock: Clock) -> None:
    from zuzahlung.accounts.services import leaving

    first, bert = practice.person(), practice.person("bert", "owner")

    def goes(who: Member) -> Any:
        return lambda: leaving.leave(who, password=PASSWORD, now=clock.now)

    assert names(at_once(goes(first), goes(bert))) == ["LastOwner", "Left"]


def test_when_an_owner_goes_the_pruefnummer_is_replaced_by_letter(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    from tests.accounts.household import receive_letters
    from zuzahlung.accounts.services import passwords

    receive_letters(clock)
    client = browser()
    enter(client, IK, letters.initialkennwort)
    client.post(
        "/erste-anmeldung/",
        {"pruefnummer": letters.pruefnummer, "password": PASSWORD, "password_again": PASSWORD, "terms": "on"},
    )
    (first,) = practice.rows(Person)
    bert = practice.person("bert", "owner")
    old = letters.pruefnummer

    colleagues.remove(bert, first.id, clock.now)

    # The one who went still has the letter; it opens the account of no owner who stayed.
    refused = passwords.recover(
        bert.sign_in, pruefnummer=old, password=NEW_PASSWORD, network="x", now=clock.now
    )
    assert type(refused).__name__ == "Refused"
    work(clock)
    assert [secret.state for secret in practice.rows(Secret, kind="pruefnummer")] == ["replaced", "valid"]
    set_again = passwords.recover(
        bert.sign_in, pruefnummer=letters.pruefnummer, password=NEW_PASSWORD, network="x", now=clock.now
    )
    assert type(set_again).__name__ == "PasswordSet"


def test_an_owner_of_one_practice_cannot_touch_the_people_of_another(
    practice: Practice, clock: Clock
) -> None:
    other = known_practice(clock, OTHER_IK)
    stranger, anna = other.person(), practice.person("anna", "reception")
    code = invited(signed_in(practice.person()), "bert")
    (row,) = practice.rows(Invitation)
    client = signed_in(stranger)
    for page in ("", "neu-einladen/", "entfernen/"):
        assert client.get(f"/praxis/person/{anna.id}/{page}").status_code == 404
        assert client.post(f"/praxis/person/{anna.id}/{page}", {"role": "owner"}).status_code == 404
    client.post(f"/praxis/einladung/{row.id}/zuruecknehmen/")
    assert shows(code).status_code == 302
    assert practice.row(anna).role == "reception"
    assert "anna" not in text_of(client.get("/praxis/"))
