"""The page of consent, on which a seller lets an application in; a RuName says where it leads back to."""

from __future__ import annotations

from html import escape
from typing import NamedTuple
from urllib.parse import quote, urlencode

from reconciler.simulator.ebay.auth import CODE_LIFE, form_of, issue_code
from reconciler.simulator.ebay.refusals import OAuthRefusal
from reconciler.simulator.ebay.scopes import PUBLIC, names_of
from reconciler.simulator.ebay.world import JSON, EbayCall, EbayWorld
from reconciler.simulator.http import Reply, Request

HTML = "text/html"
ACCEPTED = "/_sim/accepted"  # where a RuName without an address of its own leads
ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state", "prompt", "locale")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Practice marketplace</title>
<body style="font:16px/1.6 system-ui;max-width:32em;margin:4em auto">
<h1 style="font-size:1.3em">{title}</h1>{content}</body></html>"""


class RuName(NamedTuple):
    """Where consent and refusal lead back to."""

    name: str
    client: str
    accepted: str
    declined: str


def keep_ru_name(world: EbayWorld, name: str, client: str, accepted: str = "", declined: str = "") -> None:
    """Register a RuName of an application; without addresses it leads to a page that shows its own address."""
    world.store.run("INSERT OR REPLACE INTO ru_names VALUES (?, ?, ?, ?)", name, client, accepted, declined)


def authorize(call: EbayCall) -> Reply:
    """GET /oauth2/authorize: at once back with a code, or a page to choose the seller on."""
    asked = form_of(call.request)
    ru_name = _ru_name(call.world, asked)
    wanted = asked.get("login") or call.world.settings.auto_approve_login
    if wanted:
        with call.world.store.write():
            return _back(call.world, call.request, ru_name, asked, wanted)
    kept = {name: asked[name] for name in ASKED if name in asked}
    return _page(f"{ru_name.client} asks to manage your account", _choice(call.world, kept))


def choose(world: EbayWorld, request: Request) -> Reply:
    """What was chosen on the page."""
    asked = form_of(request)
    return _back(world, request, _ru_name(world, asked), asked, asked.get("login", ""))


def accepted(_world: EbayWorld, _request: Request) -> Reply:
    """Where one ends up whose application has no page of its own: the code is in the address."""
    return _page("Thank you.", "<p>Copy the address of this page into the application that asked.</p>")


def _ru_name(world: EbayWorld, asked: dict[str, str]) -> RuName:
    """The RuName of a request; what is wrong with the application or its name is told here, and leads nowhere."""
    sql = "SELECT name, client, accepted, declined FROM ru_names WHERE name = ? AND client = ?"
    row = world.store.one(sql, asked.get("redirect_uri", ""), asked.get("client_id", ""))
    if row is None:
        raise OAuthRefusal("invalid_request", "Input request parameters are invalid.")
    return RuName(*row)


def _back(world: EbayWorld, request: Request, ru_name: RuName, asked: dict[str, str], login: str) -> Reply:
    answer = {"state": asked["state"]} if "state" in asked else {}
    where = ru_name.accepted or f"{request.origin}{ACCEPTED}"
    try:
        seller = _agreed(world, asked, login)
        scopes = names_of(asked.get("scope", "")) or frozenset({PUBLIC})
        code = issue_code(world, ru_name.client, seller, ru_name.name, scopes)
        answer |= {"code": code, "expires_in": str(CODE_LIFE)}
    except OAuthRefusal as refusal:
        where = ru_name.declined or where
        answer |= {"error": refusal.name, "error_description": refusal.description}
    joint = "&" if "?" in where else "?"
    location = f"{where}{joint}{urlencode(answer, quote_via=quote)}"
    return Reply(302, headers={"Location": location}, media=JSON)


def _agreed(world: EbayWorld, asked: dict[str, str], login: str) -> str:
    """The seller who lets the application in."""
    if asked.get("response_type") != "code":
        raise OAuthRefusal("unsupported_response_type", "Only codes are given.")
    row = world.store.one("SELECT id FROM sellers WHERE login = ?", login)
    if row is None:
        raise OAuthRefusal("access_denied", "The seller has refused.")
    return str(row[0])


def _choice(world: EbayWorld, kept: dict[str, str]) -> str:
    """A form with a button for each seller, and one to refuse."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in kept.items()
    )
    logins = [row[0] for row in world.store.all("SELECT login FROM sellers ORDER BY login")]
    buttons = "".join(
        f'<p><button name="login" value="{escape(one)}">Yes, as {escape(one)}</button></p>' for one in logins
    )
    refuse = '<p><button name="login" value="">No</button></p>'
    return f'<form method="post" action="/_sim/authorize">{hidden}{buttons}{refuse}</form>'


def _page(title: str, content: str) -> Reply:
    return Reply(200, PAGE.format(title=escape(title), content=content).encode(), media=HTML)
