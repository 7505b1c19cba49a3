"""Moments by the clock of a zone: the hour that is skipped, the hour that comes twice, and all others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.documents.moments import MomentFault, moment_of, told, zone_of

WARSAW = ZoneInfo("Europe/Warsaw")
ZONES = [WARSAW, ZoneInfo("UTC"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-27T00:00", "2026-11-26T23:00"),
        ("2026-07-01T00:00", "2026-06-30T22:00"),
        ("2027-03-28T01:59", "2027-03-28T00:59"),  # the last minute before the clocks are put forward
        ("2027-03-28T03:00", "2027-03-28T01:00"),  # and the one after it
        ("2026-10-25T01:59", "2026-10-24T23:59"),
        ("2026-10-25T02:30+02:00", "2026-10-25T00:30"),
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30"),
        ("2026-10-25T03:00", "2026-10-25T02:00"),
        ("2026-11-27T00:00Z", "2026-11-27T00:00"),
    ],
)
def test_a_moment_is_one_by_the_clock_of_its_zone(text: str, utc: str) -> None:
    assert moment_of(text, WARSAW) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "code", "remedy"),
    [
        ("2027-03-28T02:30", "D651", "Write 2027-03-28T03:30."),
        ("2026-10-25T02:30", "D652", "Say which: 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00."),
        ("2026-02-30T00:00", "D651", "Write the day and the time"),
        ("2026-11-27", "D651", "Write the day and the time"),
        ("0001-01-01T00:00+14:00", "D651", "Write the day and the time"),
    ],
)
def test_what_is_no_moment_or_two_is_told_with_a_remedy(text: str, code: str, remedy: str) -> None:
    with pytest.raises(MomentFault) as fault:
        moment_of(text, WARSAW)
    assert fault.value.code == code
    assert fault.value.hint.startswith(remedy)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)), st.sampled_from(ZONES))
def test_what_is_told_is_read_as_the_same_moment(moment: datetime, zone: ZoneInfo) -> None:
    moment = moment.replace(tzinfo=UTC, microsecond=0)
    assert moment_of(told(moment, zone), zone) == moment


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)), st.sampled_from(ZONES))
def test_the_remedy_of_a_skipped_moment_is_a_moment(wall: datetime, zone: ZoneInfo) -> None:
    try:
        moment_of(f"{wall:%Y-%m-%dT%H:%M}", zone)
    except MomentFault as fault:
        if fault.code == "D651":
            proposed = fault.hint.removeprefix("Write ").removesuffix(".")
            assert moment_of(proposed, zone) - wall.replace(tzinfo=UTC) < timedelta(hours=15)


def test_what_is_no_zone_is_none() -> None:
    assert zone_of("Europe/Warsaw") == WARSAW
    assert [zone_of(name) for name in ("Europe/Warszawa", "", "../etc", "Europe")] == [None] * 4
