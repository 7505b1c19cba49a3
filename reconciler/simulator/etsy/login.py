"""The page on which a seller lets an application in."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode, urlsplit

from reconciler.simulator.etsy.auth import ALL, form_of, issue_code
from reconciler.simulator.etsy.refusals import AuthRefusal
from reconciler.simulator.etsy.world import EtsyCall, EtsyWorld
from reconciler.simulator.http import PLAIN, Reply, Request

HTML = "text/html"
ASKED = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
)  # fmt: skip
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Practice marketplace</title>
<body style="font:16px/1.6 system-ui;max-width:32em;margin:4em auto">
<h1 style="font-size:1.3em">{title}</h1>{content}</body></html>"""


def connect(call: EtsyCall) -> Reply:
    """GET /oauth/connect: at once back with a code, or a page to choose the seller on."""
    asked = _asked(call.world, call.request)
    wanted = call.arg("login") or call.world.settings.auto_approve_login
    if wanted:
        return _back(call.world, asked, wanted)
    kept = {name: asked[name] for name in ASKED if name in asked}
    title = f"{asked['client_id']} asks to manage your shop"
    content = _choice(call.world, kept)
    return Reply(200, PAGE.format(title=escape(title), content=content).encode(), media=HTML)


def choose(world: EtsyWorld, request: Request) -> Reply:
    """What was chosen on the page."""
    asked = _asked(world, request)
    return _back(world, asked, asked.get("login", ""))


def _asked(world: EtsyWorld, request: Request) -> dict[str, str]:
    """The query of the page; what is wrong with the application or its address is told here."""
    asked = form_of(request)
    if world.store.one("SELECT 1 FROM clients WHERE id = ?", asked.get("client_id", "")) is None:
        raise AuthRefusal("invalid_client", "client_id is not known", 400)
    address = urlsplit(asked.get("redirect_uri", ""))
    local = world.settings.loopback_callback and address.hostname in {"localhost", "127.0.0.1", "::1"}
    if address.scheme != "https" and not (local and address.scheme == "http"):
        raise AuthRefusal("invalid_request", "redirect_uri must begin with https://", 400)
    return asked


def _back(world: EtsyWorld, asked: dict[str, str], login: str) -> Reply:
    """Back to the application, with a code or with the reason why there is none."""
    answer = {"state": asked["state"]} if "state" in asked else {}
    try:
        seller = _agreed(world, asked, login)
        with world.store.write():
            answer = {"code": issue_code(world, asked["client_id"], seller, asked)} | answer
    except AuthRefusal as refusal:
        answer = {"error": refusal.error, "error_description": refusal.description} | answer
    joint = "&" if "?" in asked["redirect_uri"] else "?"
    return Reply(302, headers={"Location": f"{asked['redirect_uri']}{joint}{urlencode(answer)}"}, media=PLAIN)


def _agreed(world: EtsyWorld, asked: dict[str, str], login: str) -> str:
    """The seller who lets the application in."""
    if asked.get("response_type") != "code":
        raise AuthRefusal("unsupported_response_type", "response_type must be code", 400)
    for name in ("state", "scope", "code_challenge"):
        if not asked.get(name):
            raise AuthRefusal("invalid_request", f"{name} is required", 400)
    if asked.get("code_challenge_method") != "S256":
        raise AuthRefusal("invalid_request", "code_challenge_method must be S256", 400)
    if unknown := set(asked["scope"].split()) - ALL:
        raise AuthRefusal("invalid_scope", f"{min(unknown)} is not a scope", 400)
    row = world.store.one("SELECT id FROM sellers WHERE login = ?", login) if login else None
    if row is None:
        raise AuthRefusal("access_denied", "The user denied the request", 400)
    return str(row[0])


def _choice(world: EtsyWorld, kept: dict[str, str]) -> str:
    """A form with a button for each seller, and one to refuse."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in kept.items()
    )
    logins = [row[0] for row in world.store.all("SELECT login FROM sellers ORDER BY login")]
    buttons = "".join(
        f'<p><button name="login" value="{escape(one)}">Grant access as {escape(one)}</button></p>'
        for one in logins
    )
    refuse = '<p><button name="login" value="">Cancel</button></p>'
    return f'<form method="post" action="/_sim/authorize">{hidden}{buttons}{refuse}</form>'
