"""`reconcile login`: lets the application into a seller's account, once every few months."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import output_options
from reconciler.cli.output import ask, watched
from reconciler.model.report_json import Json, to_text
from reconciler.model.typed import typed
from reconciler.render.style import Style

if TYPE_CHECKING:
    from reconciler.providers.base import DeviceCode
    from reconciler.runtime.commands.login import Standing, Way


@click.command("login")
@click.argument("account", default="", metavar="ACCOUNT")
@click.option("--browser", is_flag=True, help="Log in with a browser on this machine, instead of with a code.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="N",
    help="Where the browser comes back to (with --browser).  [default: a free port]",
)
@click.option(
    "--callback",
    default="",
    metavar="ADDRESS",
    help="Where the browser is sent back to, as the application is registered: an address, or its name there.",
)
@click.option("--check", is_flag=True, help="Do not log in: say whose token there is, and until when it holds.")
@output_options()
def command(
    account: str, browser: bool, port: int | None, callback: str, check: bool, as_json: bool, no_color: bool
) -> int:
    """Log in to an account, and keep the tokens sealed in the ledger.

    Shows an address and a code: open it on any device, and confirm. With --browser it happens on this machine. A
    marketplace that sends browsers back to https addresses only has another way: paste the address here. The
    client id and secret of your application come from the environment variables that reconcile.yaml names.

    The login must be the account's `login`, else nothing is stored.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.login import log_in, standing, ways_of

    if check and (browser or port or callback):
        raise click.UsageError("--check logs nobody in: leave --browser, --port and --callback out.")
    if port and not browser:
        raise click.UsageError("--port goes with --browser.")
    console = Console.open(json=as_json, no_color=no_color)
    if check:
        found = standing(workspace(), account, console.progress())
    else:
        here = workspace()
        ways = ways_of(here, account)
        found = log_in(here, account, _way(console, ways, port, callback, browser=browser), console.progress())
    if console.json:
        console.write(to_text(_json(found)))
    else:
        console.show(_text(found, console.style))
    return Exit.OK


def _way(console: Console, ways: Sequence[str], port: int | None, callback: str, *, browser: bool) -> "Way | None":
    from reconciler.runtime.commands.login import Browser, Device, Paste

    way = "loopback" if browser else ways[0]
    if ways == ("none",) and (browser or callback):
        raise click.UsageError("Nobody logs in there: leave --browser and --callback out.")
    if way == "none":
        return None
    if way not in ways:
        raise click.UsageError("The marketplace sends no browser back to this machine: leave --browser out.")
    if callback and way != "paste":
        raise click.UsageError("--callback is for marketplaces that send browsers back to https addresses only.")
    if way == "paste":
        return Paste(lambda address, back: _ask_back(console, address, back), callback)
    if way == "loopback":
        return Browser(lambda address: _show_address(console, address), port or 0)
    return Device(lambda code: _show_code(console, code))


def _ask_back(console: Console, address: str, callback: str) -> str:
    console.say("Open this address in any browser, and confirm:", f"  {address}")
    if watched():
        import webbrowser

        webbrowser.open(address)
    place = callback if "://" in callback else f"the page of {callback}"
    return ask(
        f"The browser is then sent to {place}; that its page shows nothing, or an error, does not matter.",
        "Paste the whole address that it was sent to:",
    )


def _show_code(console: Console, code: "DeviceCode") -> None:
    strong = console.error_style
    console.say(
        f"Open {strong('strong', code.address)}",
        f"and enter the code {strong('strong', code.user_code)}",
        *([f"or go straight to {code.address_with_code}"] if code.address_with_code else []),
        f"Waiting until you have confirmed it, {code.expires_in // 60} minutes at most; Ctrl-C ends it.",
    )


def _show_address(console: Console, address: str) -> None:
    console.say("Confirm in the browser on this machine:", f"  {address}", "Waiting; Ctrl-C ends it.")
    if watched():
        import webbrowser

        webbrowser.open(address)


def _text(found: "Standing", style: Style) -> Iterator[str]:
    yield f"Account {style('strong', found.account)} is {style('strong', found.login)}; token from {found.source}."
    if found.access_until:
        yield f"Access token: until {_moment(found.access_until)}, then it is renewed."
    if found.refresh_until:
        yield f"Refresh token: until {_moment(found.refresh_until)}; each renewal begins the time anew."
    if not found.refresh_until:
        yield "Until when it holds, nobody can tell."
    if found.ends_soon:
        yield f"{style('warning', 'It ends soon:')} run `{typed('login', found.account)}`."


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _json(found: "Standing") -> Json:
    return {
        "format_version": 1,
        "account": found.account,
        "login": found.login,
        "source": found.source,
        "access_until": found.access_until.isoformat(timespec="seconds") if found.access_until else None,
        "refresh_until": found.refresh_until.isoformat(timespec="seconds") if found.refresh_until else None,
        "ends_soon": found.ends_soon,
    }
