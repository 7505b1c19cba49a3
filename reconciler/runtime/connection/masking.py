"""Our secrets in what others say: a refusal may quote a request back, and its words are printed and stored.

Whoever quotes may spell: in base64, with percent signs, escaped as JSON or HTML has it, or several of these in
turn. Letters and digits stay as they are in all of them, so a secret is looked for with every spelling of its
other signs.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html.entities import codepoint2name
from urllib.parse import urlsplit

from reconciler.model.wire import Response
from reconciler.providers.conversation import Request

#: What is no secret in the form of a token request.
_PLAIN = frozenset({"grant_type", "client_id", "redirect_uri", "token_type_hint"})
#: What is one in any form.
_PROOFS = frozenset({"refresh_token", "token", "code", "code_verifier", "device_code", "client_secret"})
_MASK = b"***"
#: A whole answer is data, and too large to be searched for spellings: in it a secret stands as it is, or nowhere.
#: What is shorter than this may stand in it by chance.
_LONG = 16
#: So much of one is looked for first: what is shorter is found more slowly, a whole one is prepared for longer.
_BEGINNING = 40
#: Parts of base64 are looked for from so many bytes on.
_FEW = 6
_ESCAPES = {"\n": b"n", "\r": b"r", "\t": b"t", "\b": b"b", "\f": b"f"}


@dataclass(frozen=True, slots=True)
class Mask:
    """The secrets of one request; the answer to one of the login's own may be a secret itself."""

    secrets: tuple[str, ...] = field(repr=False)
    of_login: bool

    def text(self, said: str) -> str:
        """Return a text without them, however they are spelled in it."""
        return self._cleared(said.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def response(self, response: Response) -> Response:
        """Return an answer without them. One that gives a token is kept as it is, sealed, and shown to nobody."""
        if response.status < 400 and self.of_login:
            return response
        if response.status < 400:
            plain = _plain(self.secrets)
            if not any(each[:_BEGINNING] in response.body and each in response.body for each in plain):
                return response
            body = response.body
            for each in plain:
                body = body.replace(each, _MASK)
            return replace(response, body=body)
        headers = {name: self.text(value) for name, value in response.headers.items()}
        return replace(response, headers=headers, body=self._cleared(response.body))

    def _cleared(self, said: bytes) -> bytes:
        for secret in self.secrets:
            said = _spellings(secret).sub(_MASK, said)
        return said


def mask_of(request: Request, token: str, secret: str = "") -> Mask:
    """Return what is secret of a request: token, what its form proves, signature, password and with whose name.

    `secret` is the application's, which some marketplaces want with each request.
    """
    if request.host != "auth" and not (request.form or request.signed or request.basic):
        return _ordinary(token, secret)
    login = request.host == "auth"  # elsewhere a form says what is sold
    form = (request.form or {}).items()
    found = [value for name, value in form if name in _PROOFS or (login and name not in _PLAIN)]
    found += [token, secret]
    if request.signed:
        found.append(urlsplit(request.signed).query)
    if request.basic is not None:
        whole = ":".join(request.basic)
        found += [request.basic[1], whole, base64.b64encode(whole.encode()).decode()]
    return _mask(found, of_login=login)


@lru_cache(maxsize=4)
def _ordinary(token: str, secret: str) -> Mask:
    """Return the mask of most requests, which show nothing but who asks."""
    return _mask([token, secret], of_login=False)


def _mask(found: Iterable[str], *, of_login: bool) -> Mask:
    longest_first = sorted({each for each in found if each}, key=lambda each: (-len(each), each))
    return Mask(tuple(longest_first), of_login=of_login)


@lru_cache(maxsize=16)
def _plain(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    """Return those that are long enough to be looked for in a whole answer."""
    return tuple(each.encode() for each in secrets if len(each) >= _LONG)


@lru_cache(maxsize=16)
def _spellings(secret: str) -> re.Pattern[bytes]:
    """Match a secret as it is or in base64, whatever its other signs are written as; the longest form first."""
    packed = list(_packed(secret.encode()))
    urlsafe = (each.replace("+", "-").replace("/", "_") for each in packed)
    forms = dict.fromkeys((secret, *packed, *urlsafe))
    return re.compile(b"|".join(b"".join(map(_sign, form)) for form in forms))


def _packed(raw: bytes) -> Iterator[str]:
    """Yield the base64 of a secret by itself, and what is its own in that of a longer text, such as a header."""
    yield base64.b64encode(raw).decode().rstrip("=")
    if len(raw) < _FEW:
        return
    for before in range(3):
        whole = base64.b64encode(bytes(before) + raw).decode()
        yield whole[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]


def _sign(sign: str) -> bytes:
    if sign.isascii() and sign.isalnum():
        return sign.encode()
    return b"(?:%s)" % b"|".join(_written(sign))


def _written(sign: str) -> Iterator[bytes]:
    """Yield the spellings of a sign that is no letter and no digit, as patterns."""
    code, encoded = ord(sign), sign.encode()
    yield rb"\\*" + re.escape(encoded)
    yield b"".join(b"%%(?:25)*(?i:%02x)" % byte for byte in encoded)
    units = sign.encode("utf-16-be")
    yield b"".join(rb"\\+u(?i:%s)" % units[at : at + 2].hex().encode() for at in range(0, len(units), 2))
    entities = rb"#0*%d|#[xX]0*(?i:%x)" % (code, code)
    if name := codepoint2name.get(code, {"'": "apos"}.get(sign, "")):
        entities += b"|" + name.encode()
    yield rb"&(?:amp;)*(?:%s);?" % entities
    if sign == " ":
        yield rb"\+"
    if sign in _ESCAPES:
        yield rb"\\+" + _ESCAPES[sign]
