"""A small browser: keeps its connection and its cookies, fills in forms, and measures each answer."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from urllib.parse import urlencode

from tests.bench.figures import MeasurementFailed

TIMEOUT = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What came back, and how many seconds went by from the first byte sent to the last one read."""

    status: int
    location: str
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The page as text."""
        return self.body.decode("utf-8", "replace")

    def field(self, name: str) -> str:
        """What a field of a form on this page is filled with."""
        for pattern in (rf'name="{name}"[^>]*? value="([^"]*)"', rf'value="([^"]*)"[^>]*? name="{name}"'):
            if found := re.search(pattern, self.text):
                return found[1]
        raise MeasurementFailed(f"the page has no field {name}")


class Visitor:
    """One browser; `come_from` lets it stand in another network of this machine (127.0.0.0/8)."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._cookies: dict[str, str] = {}
        self._connection = self._connect("127.0.0.1")

    def _connect(self, source: str) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(
            self._host, self._port, timeout=TIMEOUT, source_address=(source, 0)
        )
        connection.connect()
        return connection

    def again(self) -> Visitor:
        """The same person in a second window: another connection, the same cookies."""
        other = Visitor(self._host, self._port)
        other._cookies = dict(self._cookies)
        return other

    def come_from(self, place: int) -> None:
        """Comes again from another address, as somebody else would: each counts its own failures."""
        self._connection.close()
        self._connection = self._connect(f"127.{1 + place // 62_500}.{place // 250 % 250}.{1 + place % 250}")

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def get(self, path: str) -> Page:
        """Opens a page."""
        return self._request("GET", path, None, {})

    def post(self, path: str, fields: Mapping[str, str], file: tuple[str, bytes] | None = None) -> Page:
        """Sends a form, with what proves that it is ours, and perhaps a file."""
        token = self._cookies.get("formular", "")
        given = {**fields, "csrfmiddlewaretoken": token}
        if file is None:
            kind, body = "application/x-www-form-urlencoded", urlencode(given).encode()
        else:
            kind, body = _multipart(given, file)
        return self._request("POST", path, body, {"Content-Type": kind})

    def post_json(self, path: str, body: bytes, token: str) -> Page:
        """Asks the JSON interface."""
        return self._request(
            "POST", path, body, {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        )

    def _request(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {**headers, "Cookie": cookies} if cookies else dict(headers)
        began = time.perf_counter()
        self._connection.request(method, path, body, sent)
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return Page(
            status=response.status,
            location=response.headers.get("Location", ""),
            body=content,
            seconds=seconds,
        )


def _multipart(fields: Mapping[str, str], file: tuple[str, bytes]) -> tuple[str, bytes]:
    mark = token_hex(16)
    parts: Sequence[bytes] = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    name, content = file
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    last = head.encode() + b"Content-Type: text/csv\r\n\r\n" + content + f"\r\n--{mark}--\r\n".encode()
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + last
