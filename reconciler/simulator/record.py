"""A JSONL file of every exchange, for tests that hold the marketplace against its published description."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import Any

import orjson

from reconciler.simulator.faults import CUT
from reconciler.simulator.http import Reply, Request

SECRET_HEADERS = frozenset({"authorization", "x-api-key"})


class Recorder:
    """Appends one line per exchange with a single write, which O_APPEND keeps whole between processes."""

    def __init__(self, path: Path | str, tokens: str, marketplace: str) -> None:
        """`tokens` is where tokens are issued: nothing secret of it is written down."""
        self._tokens, self._marketplace = tokens, marketplace
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def close(self) -> None:
        os.close(self._file)

    def append(
        self, request: Request, reply: Reply | None, at: str, seller: str, fault: str | None = None
    ) -> None:
        """An answer that never went out is written as status 0; one that goes out garbled, as it was meant."""
        url = request.path + (f"?{request.query_string}" if request.query_string else "")
        line: dict[str, Any] = {
            "method": request.method,
            "url": url,
            "request_headers": _without_secrets(request.headers),
            "request_body": self._unsecret(request.path, readable(request.content)),
            "status": reply.status if reply else 0,
            "response_headers": reply.all_headers() if reply else {},
            "response_body": self._unsecret(request.path, readable(reply.content)) if reply else "",
            "at": at,
            "seller": seller,
            "marketplace": self._marketplace,
        }
        if fault is not None:
            line["fault"] = fault
            line["garbled"] = fault in CUT
        os.write(self._file, orjson.dumps(line) + b"\n")

    def _unsecret(self, path: str, text: str) -> str:
        """Tokens are written down by nobody, not even for practice: a record is a file that people pass on."""
        if not path.startswith(self._tokens):
            return text
        return _SECRET.sub(lambda found: (found[1] or found[2]) + "***", text)


def readable(content: bytes) -> str:
    """Text as it is, anything else in base64."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(content).decode()


#: What a token endpoint is sent and answers, as JSON members and as form fields.
_SECRET = re.compile(
    r'("(?:access_token|refresh_token|device_code|client_secret|code_verifier|code|token|jti)"\s*:\s*")[^"]*'
    r"|((?:^|&)(?:refresh_token|device_code|client_secret|code_verifier|code|token)=)[^&]*"
)


def _without_secrets(headers: dict[str, str]) -> dict[str, str]:
    return {name: "***" if name in SECRET_HEADERS else value for name, value in headers.items()}
