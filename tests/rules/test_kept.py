"""What was made of a mapping is found by the mapping itself, and never by another one in its place."""

from __future__ import annotations

from typing import Any

from reconciler.engine.rules.kept import KeptRules


def test_it_is_of_the_very_mapping_and_of_what_stands_beside_it() -> None:
    kept: KeptRules[str] = KeptRules()
    said: dict[str, Any] = {"from": "erp"}
    assert kept.of(said) is None
    assert kept.keep(said, "rule") == "rule"
    assert kept.of(said) == "rule"
    assert kept.of(dict(said)) is None
    assert kept.of(said, ("base", "PLN")) is None


def test_a_mapping_in_the_place_of_one_that_is_gone_is_another_one() -> None:
    kept: KeptRules[int] = KeptRules()
    for number in range(1000):
        said = {"cap": number}
        assert kept.of(said) is None
        kept.keep(said, number)
        del said
