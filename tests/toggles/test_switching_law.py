"""Whatever says what where: all that was chosen has the toggle afterwards, and nothing else has another one."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.documents.document import Documents
from reconciler.documents.editing import Setting, with_settings
from reconciler.documents.layers import effective
from reconciler.documents.load import load
from reconciler.documents.switching import switch
from reconciler.documents.toggles import Toggleable, account_places, toggleable_of
from reconciler.documents.writing import BareWord, to_yaml
from reconciler.model.modules import Level, Mode, Module
from reconciler.model.offers import Key

ACCOUNTS, FOLDERS, BRANDS = ("main", "second"), ("", "a/", "a/b/", "c/"), ("acme", "inna")
PRICE = Module.PRICE
#: Most levels say nothing, or the nearest would always decide.
SAID = st.sampled_from([None, None, None, *Mode])


def _sync(said: Mode | None) -> dict[str, Any]:
    return {"sync": {"price": said.value}} if said else {}


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """Files of a project in which any level may say anything, in blocks or in brackets."""
    account = {"marketplace": "allegro", "environment": "simulator"}
    accounts = {name: {**account, "login": name, **_sync(draw(SAID))} for name in ACCOUNTS}
    bodies: dict[str, dict[str, Any]] = {"reconcile": {"name": "shop", "accounts": accounts, **_sync(draw(SAID))}}
    bodies["t"] = {"kind": "SettingsTemplate", "name": "t", **_sync(draw(SAID))}
    for folder in FOLDERS:
        if draw(st.booleans()):
            named = {"Offer": {"settings": {"template": "t"}}} if draw(st.booleans()) else {}
            bodies[f"{folder}d"] = {"kind": "Defaults", **_sync(draw(SAID)), **named}
        if (said := draw(SAID)) is not None:
            brand = draw(st.sampled_from(BRANDS))
            bodies[f"{folder}m"] = {"kind": "Defaults", "match": {"brand": brand}, **_sync(said)}
    for number in range(draw(st.integers(2, 8))):
        body = {"kind": "Offer", "name": f"O{number}", "account": draw(st.sampled_from(ACCOUNTS))}
        body |= {"labels": {"brand": draw(st.sampled_from(BRANDS))}, **_sync(draw(SAID))}
        body |= {"settings": "t"} if draw(st.booleans()) else {}
        bodies[f"{draw(st.sampled_from(FOLDERS))}o{number}"] = body
    written = to_yaml if draw(st.booleans()) else json.dumps
    return {f"{path}.yaml": written(body) for path, body in bodies.items()}


def _loaded(files: dict[str, str]) -> Documents:
    found = load((path, text.encode()) for path, text in files.items())
    assert {each.code for each in found.diagnostics} <= {"D647"}
    return found


def _modes(documents: Documents) -> dict[Key, Mode]:
    return {
        Key(each.account, each.document.kind, each.document.name): each.modes[PRICE][0]
        for each in effective(documents, render=None)[0]
    }


def _divided(documents: Documents, chosen: set[Key], *, whole: bool) -> tuple[list[Toggleable], list[Toggleable]]:
    every = [toggleable_of(each, documents.project) for each in effective(documents, render=None)[0]]
    later = [
        Toggleable(key=None, places=tuple(account_places(name, documents.project)))
        for name in documents.project.accounts
    ]
    mine = [each for each in every if each.key in chosen]
    others = [each for each in every if each.key not in chosen]
    return (mine + later, others) if whole else (mine, others + later)


def _switched(files: dict[str, str], places: Any, mode: Mode) -> dict[str, str]:
    out = dict(files)
    for place in places:
        setting = Setting(place.index, place.above, {"price": BareWord(mode.value)})
        out[place.file], refused = with_settings(out[place.file], [setting], after=("kind", "name", "account"))
        assert not refused
    return out


@settings(max_examples=500)
@given(projects(), st.data(), st.sampled_from(Mode), st.sampled_from([None, *Level]))
def test_the_chosen_follow_and_no_other(files: dict[str, str], data: Any, mode: Mode, level: Level | None) -> None:
    """At any level, from any state; and a second time nothing is left to say."""
    documents = _loaded(files)
    before = _modes(documents)
    chosen = data.draw(st.sets(st.sampled_from(sorted(before, key=str)), min_size=1))
    whole = chosen == set(before)
    choice = switch(*_divided(documents, chosen, whole=whole), PRICE, mode, level)
    if choice.problems:
        assert level not in (None, Level.OFFER)
        assert not choice.places
        return
    need = {key for key in chosen if before[key] is not mode}
    assert level is not None or len(choice.places) <= len(need)
    after = _loaded(_switched(files, choice.places, mode))
    assert _modes(after) == {key: mode if key in chosen else said for key, said in before.items()}
    assert switch(*_divided(after, chosen, whole=whole), PRICE, mode, level).places == ()
