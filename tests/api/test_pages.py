"""The developers' pages explain everything that can come back, within the portal's look, weight and policy."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.api.stage import Heard, Stage, call
from zuzahlung.api.pages import SHAPES
from zuzahlung.api.problems import PROBLEM_TYPES
from zuzahlung.exemptions.permission_texts import TEXT_VERSION, VERSIONS


class Read(HTMLParser):
    """A page as a reader and a browser meet it."""

    def __init__(self, heard: Heard) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(heard.body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


PAGES = ["/api/v1/docs", *(f"/api/v1/problems/{slug}" for slug in PROBLEM_TYPES)]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light_and_asks_no_stranger(stage: Stage, path: str) -> None:
    heard = call("GET", path)
    assert (heard.status, heard.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert len(heard.body) < 60_000
    for tag, attributes in Read(heard).tags:
        assert tag != "style"
        assert not {name for name in attributes if name.startswith("on")} | {"style"} & set(attributes)
        if tag in {"link", "script", "img"}:
            assert (attributes.get("href") or attributes.get("src") or "").startswith("/")


@pytest.mark.parametrize("path", PAGES)
def test_headings_go_down_one_step_at_a_time(stage: Stage, path: str) -> None:
    levels = [int(tag[1]) for tag, _ in Read(call("GET", path)).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_reference_shows_every_member_and_every_problem(stage: Stage) -> None:
    page = Read(call("GET", "/api/v1/docs"))
    described = call("GET", "/api/v1/openapi.json").json
    for name in SHAPES:
        for member, declared in described["components"]["schemas"][name]["properties"].items():
            assert member in page.text
            assert declared["description"] in page.text
    links = {attributes.get("href") for tag, attributes in page.tags if tag == "a"}
    assert {f"/api/v1/problems/{slug}" for slug in PROBLEM_TYPES} <= links
    assert "/api/v1/openapi.json" in links


@pytest.mark.parametrize("slug", PROBLEM_TYPES)
def test_the_type_of_a_problem_leads_to_its_explanation(stage: Stage, slug: str) -> None:
    kind = PROBLEM_TYPES[slug]
    assert kind.type == f"http://127.0.0.1:8000/api/v1/problems/{slug}"
    text = Read(call("GET", f"/api/v1/problems/{slug}")).text
    for words in (kind.title, kind.text, kind.detail, kind.remedy, str(kind.status)):
        assert words in text


def test_the_page_shows_the_sentences_that_people_confirm(stage: Stage) -> None:
    text = Read(call("GET", "/api/v1/docs")).text
    for one in VERSIONS[TEXT_VERSION].values():
        assert one.label in text
        assert one.statement in text


def test_the_page_says_what_may_change_in_the_words_of_the_guide(stage: Stage) -> None:
    guide = Path(__file__).parents[2].joinpath("docs", "api.md").read_text(encoding="utf-8")
    page, written = (
        " ".join(text.replace("`", "").split()) for text in (Read(call("GET", "/api/v1/docs")).text, guide)
    )
    changes = (
        "Within v1 an answer or problem may get new members, findings new rules, refusals new kinds of problems, and "
        "there may be new addresses and new optional members of the question: ignore what you do not know, and go by "
        "the status. Only the question is closed: an unknown member in it is refused. No member is removed or given "
        "another meaning, and there are no new values of result, status, copaymentKey, permission, quota and severity: "
        "that would be v2"
    )
    rule = "Whoever chooses a permission confirms a sentence, and its version goes into the journal with the answer."
    for words in (changes, rule):
        assert words in page
        assert words in written
    assert "This is version 1.0.0. Questions: Musterkasse" in page


def test_english_parts_say_so_and_german_sentences_among_them_too(stage: Stage) -> None:
    languages = [attributes.get("lang") for _, attributes in Read(call("GET", "/api/v1/docs")).tags]
    assert [language for language in languages if language] == ["de", "en", *["de"] * 12]


def test_pages_are_only_read(stage: Stage) -> None:
    assert call("POST", "/api/v1/docs").status == 405
    assert call("POST", "/api/v1/problems/quota-used-up").status == 405
