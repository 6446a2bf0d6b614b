"""The developers' pages explain everything that can come back, within the portal's look, weight and policy."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

import pytest

from tests.api.stage import Heard, Stage, call
from zuzahlung.api.problems import PROBLEM_TYPES


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
    for name in ("Question", "Answer", "Day", "Problem", "Finding"):
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


def test_english_parts_say_so(stage: Stage) -> None:
    languages = [attributes.get("lang") for _, attributes in Read(call("GET", "/api/v1/docs")).tags]
    assert [language for language in languages if language] == ["de", "en"]


def test_pages_are_only_read(stage: Stage) -> None:
    assert call("POST", "/api/v1/docs").status == 405
    assert call("POST", "/api/v1/problems/quota-used-up").status == 405
