"""Mistakes in the documents: eight that the plan finds before anything is sent, and two that the guards stop.

Each is one line that says something else than its author meant. Where no offer is free for one, it is left out.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from reconciler.demo.scene import Scene
from reconciler.model.bounds import DOCUMENT
from reconciler.runtime.reading import read_file

#: A shop with fewer offers is too small for this many accidents.
ENOUGH: Final = 100

#: From the line at which it happens: what is written, and what was meant (nothing: no such line).
Slip = Callable[[str], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A kind of mistake in a document; `added`: on a line of its own, below the one at which it happens.

    `unsold`: in an offer that nobody has bought yet, as the title of any other cannot be changed at all.
    """

    told: str
    at: re.Pattern[str]
    slip: Slip
    added: bool = False
    unsold: bool = False
    file: str | None = None


def _line(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^{pattern}\n", re.MULTILINE)


def _instead(change: Callable[[str], str]) -> Slip:
    """Spoil the line: what stood there before was right."""
    return lambda line: (change(line), line)


def _said(wrong: str, right: str) -> Slip:
    return lambda _: (f"{wrong}\n", f"{right}\n" if right else "")


def _next_digit(line: str) -> str:
    return re.sub(r"(\d)(?=\"\})", lambda digit: str((int(digit[0]) + 1) % 10), line)


def _cut(line: str) -> str:
    """Lose the last letter."""
    return re.sub(r"\w(?=\]?\n)", "", line)


_HEADING: Final = _line(r"labels: .*")

#: The last two pass every look-up and are stopped by the guards.
MISTAKES: Final[tuple[Mistake, ...]] = (
    Mistake(
        told="A mistyped GTIN: the last digit in {file} is wrong; the plan finds it by the check digit.",
        at=_line(r'  product: \{gtin: "\d+"\}'),
        slip=_instead(_next_digit),
    ),
    Mistake(
        told="An unknown value: {file} says {wrong}, which the marketplace's list does not have.",
        at=_line(r"    Okazja: .*\w\]?"),
        slip=_instead(_cut),
    ),
    Mistake(
        told="A price list misspelled: {file} asks for kurier-i-odbiur; the plan names the one that was meant.",
        at=_HEADING,
        slip=_said("delivery: {prices: kurier-i-odbiur}", "delivery: {prices: kurier-i-odbior}"),
        added=True,
    ),
    Mistake(
        told="Pasted HTML: a paragraph within a paragraph in {file}, which the marketplace refuses.",
        at=_line(r"        <p>[^<\n]+</p>"),
        slip=_instead(lambda line: line.replace("<p>", "<p><p>").replace("</p>", "</p></p>")),
    ),
    Mistake(
        told="A parameter twice: {file} says Marka and marka.",
        at=_line(r"    Marka: .*"),
        slip=lambda line: (line.replace("Marka", "marka"), ""),
        added=True,
    ),
    Mistake(
        told="A picture that is not there: {file} names images/w-kuchni.png, which nobody has committed.",
        at=_line(r"    - https://.*"),
        slip=_instead(lambda _: "    - images/w-kuchni.png\n"),
    ),
    Mistake(
        told="An unknown producer: {file} names ceramika-bolimkaa, and no document is called so.",
        at=_HEADING,
        slip=_said("settings: {producer: ceramika-bolimkaa}", "settings: {producer: ceramika-bolimka}"),
        added=True,
    ),
    Mistake(
        told="A title that is too long: {file} has more than the 75 characters that fit.",
        at=_line(r"  title: [^\"'\n]+"),
        slip=_instead(lambda line: f"{line.rstrip()} na prezent dla niej i dla niego na każdą okazję\n"),
        unsold=True,
    ),
    Mistake(
        told="A stock typo: {file} says 110,000 pieces instead of 11; the guards refuse the plan.",
        at=_line(r"stock: [2-9]"),
        slip=_said("stock: 110000", "stock: 11"),
    ),
    Mistake(
        told="A delivery typo: {file} asks 990.00 PLN instead of 99.00 PLN; the guards refuse the plan.",
        at=_line(r"  Przesyłka kurierska: .*"),
        slip=_instead(lambda line: line.replace("99.00", "990.00")),
        file="delivery/paleta.yaml",
    ),
)


def plant_mistakes(scene: Scene) -> Iterator[str]:
    """Make one mistake of each kind, in a document of its own."""
    if len(scene.shop.offers) < ENOUGH:
        return
    for mistake in MISTAKES:
        for file in _free(scene, mistake)[:1]:
            yield _make(scene, mistake, file)


def _free(scene: Scene, mistake: Mistake) -> list[str]:
    """Return a file in which the mistake can be made, if there is one; nothing else happens to its offer then."""
    if mistake.file:
        return [mistake.file]
    for offer in reversed(scene.pool):
        if not (mistake.unsold and offer.sold) and mistake.at.search(_read(scene, offer.path)):
            scene.pool.remove(offer)
            return [offer.path]
    return []


def _make(scene: Scene, mistake: Mistake, file: str) -> str:
    text = _read(scene, file)
    found = mistake.at.search(text)
    if found is None:
        raise LookupError(f"{file} has no line for: {mistake.told}")
    wrong, right = mistake.slip(found[0])
    start = found.end() if mistake.added else found.start()
    scene.write(file, f"{text[:start]}{wrong}{text[found.end() :]}")
    scene.note(file, wrong, right)
    return mistake.told.format(file=file, wrong=wrong.strip())


def _read(scene: Scene, file: str) -> str:
    return read_file(scene.directory / file, DOCUMENT).decode()
