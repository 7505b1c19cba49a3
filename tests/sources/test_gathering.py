"""Who reads a source, and when: one process at a time, and what was read just now is shared."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from cli.running import reconcile
from msgspec.structs import replace
from world import World

from reconciler.cli.main import run
from reconciler.model.plan_json import sealed
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.cache import Cache
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.sources.staging import key_of

from .serving import Answer, Asked, Shop, as_json, serving
from .shop import erp, feed, offers, shop, values

LEASE = "source shop erp"


def http(line: Shop, **said: Any) -> dict[str, Any]:
    """A Source at an address of this machine."""
    return erp(**{"type": "http", "path": None, "url": f"{line.url}/stock", "records": "items", **said})


def stock(quantity: int, **more: Any) -> Answer:
    """What the address answers."""
    return as_json({"items": [{"item": "A", "quantity": quantity}], **more})


def named(made: World) -> World:
    """Give the project a name: leases and readings are of a project."""
    accounts = {"main": {"marketplace": "allegro", "environment": "simulator", "login": made.login}}
    made.project({"name": "shop", "accounts": accounts})
    return made


@contextmanager
def ledger(made: World) -> Iterator[Ledger]:
    """The ledger of a project."""
    opened = Ledger(made.root / ".reconcile" / "ledger.db")
    try:
        yield opened
    finally:
        opened.close()


def kept_at(made: World, moment: Callable[[datetime], datetime]) -> None:
    """Let the last reading have been made at another time: its numbers are of then, too."""
    documents = Workspace(made.root).load()
    (document,) = documents.of("Source")
    from reconciler.documents.sources import source_of

    key = key_of(documents.project.name, source_of(document), document.body)
    cache = Cache(made.root / ".reconcile" / "cache.db", lambda _note: None)
    try:
        found = cache.lookup("source", key)
        assert found is not None
        said = orjson.loads(found[1])
        said["as_of"] = moment(datetime.fromisoformat(said["as_of"])).isoformat()
        cache.keep("source", key, moment(datetime.fromisoformat(found[0])).isoformat(), orjson.dumps(said))
    finally:
        cache.close()


# --- shared readings ----------------------------------------------------------------------------------------


def test_a_young_reading_is_shared(tmp_path: Path) -> None:
    """Whatever the address says by now: for a minute."""
    answers = iter([stock(7), stock(8), stock(9)])
    with serving(lambda _: next(answers)) as line:
        made = shop(tmp_path / "shop", http(line), *offers("A"))
        assert values(made.plan(), "A") == values(made.plan(), "A") == {"stock.quantity": 7}
        assert len(line.asked) == 1
        kept_at(made, lambda read_at: read_at - timedelta(seconds=61))
        assert values(made.plan(), "A") == {"stock.quantity": 8}
        kept_at(made, lambda read_at: read_at + timedelta(hours=1))  # a clock was set back
        assert values(made.plan(), "A") == {"stock.quantity": 9}
    assert len(line.asked) == 3


def test_what_is_older_than_its_source_lets_it_be_is_not_shared(tmp_path: Path) -> None:
    answers = iter([stock(7), stock(8), stock(9)])
    with serving(lambda _: next(answers)) as line:
        made = shop(tmp_path / "shop", http(line, freshness="20s"), *offers("A"))
        plan = made.plan()
        kept_at(made, lambda read_at: read_at - timedelta(seconds=12))
        assert values(made.plan(), "A") == values(plan, "A") == {"stock.quantity": 7}
        assert len(line.asked) == 1
        kept_at(made, lambda read_at: read_at - timedelta(seconds=12))
        assert values(made.plan(), "A") == {"stock.quantity": 8}
    assert len(line.asked) == 2


def test_an_apply_reads_again_what_is_too_old_by_then(tmp_path: Path) -> None:
    """Within the minute in which others would share it: what was planned is no longer what is there."""
    answers = iter([stock(7), stock(2)])
    with serving(lambda _: next(answers)) as line:
        made = shop(tmp_path / "shop", http(line, freshness="20s"), *offers("A"))
        plan = made.plan()
        then = timedelta(seconds=25)
        kept_at(made, lambda read_at: read_at - then)
        (seen,) = plan.sources
        seen = replace(seen, as_of=(datetime.fromisoformat(seen.as_of) - then).isoformat())
        report = made.apply(sealed(replace(plan, sources=(seen,))))
        assert [each.stale for each in report.outcomes] == [True]
    assert len(line.asked) == 2


def test_what_is_made_of_a_shared_reading_is_up_to_each_command(tmp_path: Path) -> None:
    """That A lost the row of a warehouse holds it until that is allowed, and is no part of what was read."""

    def rows(**more: int) -> list[dict[str, Any]]:
        return [{"item": "A", "warehouse": name, "quantity": number} for name, number in more.items()]

    answers = iter([as_json({"items": found}) for found in (rows(PL1=5, CZ=3), [], rows(PL1=4), [])])
    columns = {"item": "text", "warehouse": "text", "quantity": "whole"}
    more = {"paging": {"page": "page"}, "columns": columns, "rows": {"shrink": "60%"}}
    with serving(lambda _: next(answers)) as line:
        made = shop(tmp_path / "shop", http(line, **more), *offers("A"))
        made.plan()
        kept_at(made, lambda read_at: read_at - timedelta(seconds=61))
        assert [values(made.plan(), "A") for _ in range(2)] == [{}, {}]
        assert values(made.plan(allow={"shrink": "erp"}), "A") == {"stock.quantity": 4}
        assert values(made.plan(), "A") == {"stock.quantity": 4}
    assert len(line.asked) == 4


def test_another_definition_is_another_reading(tmp_path: Path) -> None:
    """Also where the document is the same, and a variable leads elsewhere by now."""
    with serving(lambda _: stock(7)) as one, serving(lambda _: stock(8)) as two:
        made = shop(tmp_path / "shop", http(one, url="ERP_URL"), *offers("A"))
        for line, quantity in ((one, 7), (two, 8), (one, 7)):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("ERP_URL", f"{line.url}/stock")
                assert values(made.plan(), "A") == {"stock.quantity": quantity}
        assert (len(one.asked), len(two.asked)) == (1, 1)
        made.documents(http(two), *offers("A"))
        assert values(made.plan(), "A") == {"stock.quantity": 8}
    assert len(two.asked) == 2


def test_another_text_of_a_query_is_another_reading(tmp_path: Path) -> None:
    """The document names a file; what stands in it decides."""
    sql = {"type": "sql", "path": None, "url": "sqlite:///erp.db", "query": "stock.sql"}
    made = shop(tmp_path / "shop", erp(**sql), *offers("A"))
    with sqlite3.connect(made.root / "erp.db") as database:
        database.execute("create table stock (item text, quantity integer)")
        database.execute("insert into stock values ('A', 7)")
    database.close()
    for more, quantity in (("", 7), (" + 1", 8)):
        made.write("stock.sql", f"select item, quantity{more} as quantity from stock")
        assert values(made.plan(), "A") == {"stock.quantity": quantity}


def test_a_file_is_read_each_time(tmp_path: Path) -> None:
    made = shop(tmp_path / "shop", erp(), *offers("A"))
    for quantity in (7, 8):
        feed(made, f"A,{quantity}")
        assert values(made.plan(), "A") == {"stock.quantity": quantity}


def test_a_reading_that_failed_is_not_shared(tmp_path: Path) -> None:
    """Nor does it replace the last good one, which `sources list` and `explain` go on telling."""
    answers = iter([stock(7), Answer(b"nothing", 404), stock(8)])
    with serving(lambda _: next(answers)) as line:
        made = shop(tmp_path / "shop", http(line), *offers("A"))
        made.plan()
        kept_at(made, lambda read_at: read_at - timedelta(seconds=61))
        assert [each.state for each in made.plan().sources] == ["failed"]
        assert run(["-C", str(made.root), "explain", "A", "stock.quantity", "--offline"]) == 0
        assert values(made.plan(), "A") == {"stock.quantity": 8}
    assert len(line.asked) == 3


def test_explain_offline_asks_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It tells what was read last, however old; before that, nothing."""
    with serving(lambda _: stock(7)) as line:
        made = shop(tmp_path / "shop", http(line), *offers("A"))
        arguments = ["-C", str(made.root), "explain", "A", "stock.quantity", "--offline"]
        run(arguments)
        assert "not known: Source `erp`: it was not read before" in capsys.readouterr().out
        made.plan()
        kept_at(made, lambda read_at: read_at - timedelta(days=30))
        assert run(arguments) == 0
        assert "erp A: stock 7" in capsys.readouterr().out
    assert len(line.asked) == 1


# --- one reader at a time -----------------------------------------------------------------------------------


class Slow:
    """An address that takes its time, and counts who is there at once."""

    def __init__(self) -> None:
        self._lock, self._there, self.most = threading.Lock(), 0, 0

    def __call__(self, _asked: Asked) -> Answer:
        with self._lock:
            self._there += 1
            self.most = max(self.most, self._there)
        time.sleep(0.4)
        with self._lock:
            self._there -= 1
        return stock(7)


def test_one_process_reads_and_the_others_share(tmp_path: Path) -> None:
    """Plans of several processes at once ask the source once; checks, which want it now, one after the other."""
    slow = Slow()
    with serving(slow) as line:
        made = shop(tmp_path / "shop", http(line), *offers("A"))
        for command, most in (("plan", 1), ("sources", 3)):
            line.asked.clear()
            arguments = [command, *(("check",) if command == "sources" else ()), "--json"]
            with ThreadPoolExecutor(3) as pool:
                ran = [pool.submit(reconcile, *arguments, cwd=made.root) for _ in range(3)]
                done = [each.result() for each in ran]
            assert [each.returncode for each in done] == [0, 0, 0], [each.stderr for each in done]
            assert 1 <= len(line.asked) <= most
    assert slow.most == 1


def test_the_lease_of_a_dead_reader_runs_out(tmp_path: Path) -> None:
    """Whoever comes next waits for that, and reads."""
    with serving(lambda _: stock(7)) as line:
        made = named(shop(tmp_path / "shop", http(line), *offers("A")))
        made.plan()
        kept_at(made, lambda read_at: read_at - timedelta(seconds=61))
        with ledger(made) as opened:
            assert opened.leases.take(LEASE, "dead", 4000)
        notes = Notes()
        plan = make_plan(Workspace(made.root), PlanOptions(), notes)
        assert notes.told == ["waiting: somebody else reads erp"]
        assert values(plan, "A") == {"stock.quantity": 7}
        with ledger(made) as opened:
            assert opened.leases.take(LEASE, "me", 1000)
    assert len(line.asked) == 2


class Notes(Silent):
    """Hears what is said meanwhile."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def note(self, text: str) -> None:
        self.told.append(text)


def test_whoever_is_killed_while_reading_leaves_no_more_than_a_lease(tmp_path: Path) -> None:
    """The next one shares what nobody has read, so it reads, as soon as the lease is given back or has ended."""
    reached, go_on = threading.Event(), threading.Event()

    def answer(_asked: Asked) -> Answer:
        reached.set()
        go_on.wait(20)
        return stock(7)

    with serving(answer) as line:
        made = named(shop(tmp_path / "shop", http(line), *offers("A")))
        with subprocess.Popen(
            [sys.executable, "-m", "reconciler.cli.main", "plan"],
            cwd=made.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=reading_environment(),
        ) as first:
            assert reached.wait(20)
            first.kill()
        go_on.set()
        with ledger(made) as opened:
            assert not opened.leases.take(LEASE, "next", 1000)  # it is the dead one's still
            (until, now) = opened.database.row("select until, {now} from leases where name = ?", (LEASE,))
            assert 0 < until - now <= 60_000
            opened.database.run("update leases set until = {now} where name = ?", (LEASE,))
        assert values(made.plan(), "A") == {"stock.quantity": 7}
    assert len(line.asked) == 2


def reading_environment() -> dict[str, str]:
    """The environment of a process of ours."""
    import os

    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


@pytest.mark.parametrize("said", [stock(7), Answer(b"nothing", 404)])
def test_the_lease_is_given_back(said: Answer, tmp_path: Path) -> None:
    """Also by a reading that failed."""
    with serving(lambda _: said) as line:
        made = named(shop(tmp_path / "shop", http(line), *offers("A")))
        made.plan()
    with ledger(made) as opened:
        assert opened.leases.take(LEASE, "next", 1000)


def test_a_file_waits_for_nobody(tmp_path: Path) -> None:
    """A reader that died holds up only what is a burden to somebody."""
    made = named(shop(tmp_path / "shop", erp(), *offers("A")))
    feed(made, "A,7")
    with ledger(made) as opened:
        assert opened.leases.take(LEASE, "dead", 60_000)
    assert values(made.plan(), "A") == {"stock.quantity": 7}
    with ledger(made) as opened:
        assert not opened.leases.take(LEASE, "next", 1000)
