"""The pages on which a seller lets an application in: the authorization page, and the one for device codes."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from reconciler.simulator.allegro.auth import OAuthRefusal, decide, form_of, issue_code
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.http import PLAIN, Reply, Request

HTML = "text/html"
ASKED = ("client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "prompt")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Practice marketplace</title>
<body style="font:16px/1.6 system-ui;max-width:32em;margin:4em auto">
<h1 style="font-size:1.3em">{title}</h1>{content}</body></html>"""


def authorize(call: AllegroCall) -> Reply:
    """GET /auth/oauth/authorize: at once back with a code, or a page to choose the seller on."""
    asked = _asked(call.world, call.request)
    wanted = call.arg("login") or call.world.settings.auto_approve_login
    if wanted:
        with call.world.store.write():
            return _back(call.world, asked, wanted)
    kept = {name: asked[name] for name in ASKED if name in asked}
    title = f"{asked['client_id']} asks to manage your offers"
    return _page(title, _choice(call.world, "/_sim/authorize", kept))


def choose(world: AllegroWorld, request: Request) -> Reply:
    """What was chosen on the page."""
    asked = _asked(world, request)
    return _back(world, asked, asked.get("login", ""))


def verify(world: AllegroWorld, request: Request) -> Reply:
    """The page for device codes: it asks for the code, and for the seller."""
    asked = form_of(request)
    code = asked.get("user_code", "").strip().upper()
    if request.method == "POST":
        login = asked.get("login", "")
        decide(world, code, _seller(world, login) if login else None)
        return _page("Done: you may close this page.", "")
    if not code:
        field = '<form><label>Code <input name="user_code" autofocus></label> <button>Next</button></form>'
        return _page("Which code does the application show?", field)
    return _page(f"Let the application with the code {code} in?", _choice(world, "", {"user_code": code}))


def _asked(world: AllegroWorld, request: Request) -> dict[str, str]:
    """The query of the authorization page; what is wrong with the application or its address is told here."""
    asked = form_of(request)
    if world.store.one("SELECT 1 FROM clients WHERE id = ?", asked.get("client_id", "")) is None:
        raise OAuthRefusal("invalid_client", "The application is not known.")
    if not asked.get("redirect_uri", "").startswith(("http://", "https://")):
        raise OAuthRefusal("invalid_request", "The redirect_uri is missing.")
    return asked


def _back(world: AllegroWorld, asked: dict[str, str], login: str) -> Reply:
    """Back to the application, with a code or with the reason why there is none."""
    answer = {"state": asked["state"]} if "state" in asked else {}
    try:
        seller = _agreed(world, asked, login)
        answer = {"code": issue_code(world, asked["client_id"], seller, asked)} | answer
    except OAuthRefusal as refusal:
        answer = {"error": refusal.error, "error_description": refusal.description} | answer
    joint = "&" if "?" in asked["redirect_uri"] else "?"
    return Reply(302, headers={"Location": f"{asked['redirect_uri']}{joint}{urlencode(answer)}"}, media=PLAIN)


def _agreed(world: AllegroWorld, asked: dict[str, str], login: str) -> str:
    """The seller who lets the application in."""
    if asked.get("response_type", "code") != "code":
        raise OAuthRefusal("unsupported_response_type", "Only codes are given.")
    if asked.get("code_challenge_method", "S256") not in {"S256", "plain"}:
        raise OAuthRefusal("invalid_request", "The code_challenge_method is not known.")
    if not login:
        raise OAuthRefusal("access_denied", "The seller has refused.")
    return _seller(world, login)


def _seller(world: AllegroWorld, login: str) -> str:
    row = world.store.one("SELECT id FROM sellers WHERE login = ?", login)
    if row is None:
        raise OAuthRefusal("access_denied", f"There is no seller {login}.")
    return str(row[0])


def _choice(world: AllegroWorld, action: str, kept: dict[str, str]) -> str:
    """A form with a button for each seller, and one to refuse."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in kept.items()
    )
    logins = [row[0] for row in world.store.all("SELECT login FROM sellers ORDER BY login")]
    buttons = "".join(
        f'<p><button name="login" value="{escape(one)}">Yes, as {escape(one)}</button></p>' for one in logins
    )
    refuse = '<p><button name="login" value="">No</button></p>'
    return f'<form method="post" action="{action}">{hidden}{buttons}{refuse}</form>'


def _page(title: str, content: str) -> Reply:
    return Reply(200, PAGE.format(title=escape(title), content=content).encode(), media=HTML)
