"""How a test asks a stand-in: no redirect is followed, and nothing is sent that it did not say."""

from __future__ import annotations

import http.client
import io
import zipfile
from typing import Any
from urllib.parse import urlsplit

import orjson

from tests.pipeline.forges.github import GitHub
from tests.pipeline.forges.state import Forge

AGENT = {"User-Agent": "reconcile"}


class Got:
    """An answer, as a test reads it."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


def ask(forge: Forge, method: str, path: str, body: Any = None, **headers: str) -> Got:
    """One request, with the forge's token unless told otherwise; a whole address may be given as the path."""
    usual = (
        {"Authorization": f"Bearer {forge.token}", **AGENT}
        if isinstance(forge, GitHub)
        else {"PRIVATE-TOKEN": forge.token}
    )
    told = {name.replace("_", "-"): value for name, value in headers.items()} or usual
    parts = urlsplit(path if path.startswith("http") else forge.url + path)
    raw = body if isinstance(body, bytes) or body is None else orjson.dumps(body)
    line = http.client.HTTPConnection(parts.netloc, timeout=5)
    try:
        given = {name: value for name, value in told.items() if value} | (
            {"Content-Type": "application/json"} if raw else {}
        )
        line.request(method, parts._replace(scheme="", netloc="").geturl(), raw, given)
        return Got(line.getresponse())
    finally:
        line.close()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
