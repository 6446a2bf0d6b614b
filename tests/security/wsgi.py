"""Speaks to the house as its web server does: a WSGI environment in, status, headers and body out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header that may be there once."""
        values = [value for known, value in self.headers if known.lower() == name.lower()]
        assert len(values) < 2, values
        return values[0] if values else None

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def title(self) -> str:
        """The first heading of a page."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.DOTALL)
        assert found is not None, self.text[:500]
        return " ".join(re.sub(r"<[^>]+>|&shy;|\u00ad", "", found[1]).replace("&nbsp;", " ").split())


@dataclass(kw_only=True)
class Caller:
    """A program that calls the house from one address and keeps cookies, without helping like a test client."""

    address: str = "127.0.0.1"
    host: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)

    def call(
        self,
        method: str,
        address: str,
        *,
        body: bytes = b"",
        content_type: str = "",
        length: str | None = None,
        headers: dict[str, str] | None = None,
        stream: BytesIO | None = None,
    ) -> Answer:
        """One request; with `stream` its body comes from there."""
        from zuzahlung.site.wsgi import application

        parts = urlsplit(address)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.address,
            "HTTP_HOST": self.host,
            "CONTENT_LENGTH": str(len(body)) if length is None else length,
            "CONTENT_TYPE": content_type,
            "wsgi.url_scheme": "http",
            "wsgi.input": stream or BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.input_terminated": True,
        }
        if self.cookies:
            environ["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        for name, value in (headers or {}).items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        said: list[Any] = []
        chunks = application(environ, lambda status, given: said.extend((status, given)))  # type: ignore[arg-type]
        answer = Answer(status=int(said[0][:3]), headers=said[1], body=b"".join(chunks))
        if hasattr(chunks, "close"):
            chunks.close()
        self._keep_cookies(answer)
        return answer

    def get(self, address: str, **named: Any) -> Answer:
        """GET."""
        return self.call("GET", address, **named)

    def post(self, address: str, fields: dict[str, str], **named: Any) -> Answer:
        """POST of a form as a browser sends it, with the token of the page that has it."""
        token = {"csrfmiddlewaretoken": self.token(address)} if "csrfmiddlewaretoken" not in fields else {}
        body = urlencode({**token, **fields}).encode()
        return self.call(
            "POST", address, body=body, content_type="application/x-www-form-urlencoded", **named
        )

    def token(self, address: str) -> str:
        """The token that the page gives to its form."""
        page = self.get(address).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        return found[1] if found else ""

    def _keep_cookies(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                self.set_cookies.append(value)
                for morsel in SimpleCookie(value).values():
                    if morsel.value:
                        self.cookies[morsel.key] = morsel.value
                    else:
                        self.cookies.pop(morsel.key, None)
