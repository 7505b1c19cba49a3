"""The README of the demo project."""

from collections.abc import Sequence

from reconciler.demo.assortment import CATEGORIES

_TEXT = """\
# Kubki i Reszta

A shop on a practice marketplace, made by `reconcile demo`. It sells {offers} things for the home on Allegro, its
offers are the files in `offers/`, and nothing here leaves your machine: the marketplace is a file in
`.reconcile/`, with the rules, delays and limits of the real one.

## What to type

{story}

## Stock from a warehouse

So far each offer says its own number. Let them come from what a warehouse program exports:

```console
reconcile demo --feed sold-out .   # the numbers go out of the offers; of one article nothing is left
reconcile apply                    # its quantity is 0, so the marketplace ends the offer
reconcile demo --feed cut .        # the next export breaks off
reconcile plan                     # refused: a file that broke off changes no number and ends no offer
reconcile demo --feed receipt .    # the next one is whole, and goods have come
reconcile apply                    # the same offer is on sale again: quantity and status, one row of the plan
reconcile plan                     # No changes.
```

`feeds/magazyn.csv` is yours to edit: be the warehouse.

## Try your own

Change a price, remove a file, write `sync: {{price: off}}` into an offer, or plan a part with
`reconcile plan --select season=zima`, `--only price` or `--target 'kubek-*'`.

## What has happened

Until last week the documents and the marketplace were equal. Since then:

{planted}

## Where things are

| folder | holds |
|---|---|
| `reconcile.yaml` | the account and the guards |
| `offers/` | one file an offer, by category: {folders}; `defaults.yaml` holds what a folder has in common |
| `offers/kubki/kolekcja/` | mugs whose titles and descriptions are written by `templates/` |
| `offers/tylko-cena-i-stan/` | offers of which only price and stock are managed |
| `settings/` | settings templates, and the return policies, warranties, producers and tags that they name |
| `delivery/` | delivery price lists |
| `bundles/` | offers that are sold together at a discount |
| `images/` | pictures that are uploaded when an offer needs them |
| `schemas/` | the grammar of all these, for your editor |
"""


_STORY = """\
```console
reconcile validate                 # what can be known without the marketplace: five mistakes, each with its line
reconcile plan                     # what would change, field by field, and what is wrong; nothing may be sent yet
reconcile demo --fix .             # corrects all of it, a line for each; or take your editor
reconcile plan --out plan.json     # nothing is held back or refused any more
reconcile apply plan.json          # exactly that plan, and nothing else
reconcile plan                     # No changes.
```

Two things keep the first plan from being all that you declare:

- **A mistake holds back what it stands in**, and nothing else: the plan says its file, its line and what to do,
  and plans the rest (`Left undone: 8 held back`). Such a plan ends with exit code 1.
- **A guard refuses the whole plan.** What it stops is allowed, and so far from what is on sale that somebody has
  to look: a price, a stock number and a delivery price. The box at the end of the plan names their lines.

`1 frozen` is an offer that the marketplace itself has ended. No program may list it again, so its document
promises what cannot come true. `--fix` does what is left to do: it declares the offer `ended`.
"""

_SMALL_STORY = """\
```console
reconcile validate                 # are the documents sound?
reconcile plan                     # what would change, field by field: a guard refuses this one
reconcile demo --fix .             # corrects what is wrong, a line for each file; or take your editor
reconcile plan --out plan.json     # without the typo the plan passes
reconcile apply plan.json          # exactly that plan, and nothing else
reconcile plan                     # No changes.
```
"""


def readme(offers: int, planted: Sequence[str], *, mistakes: bool) -> str:
    """Return the README: what this is, what to type, what was planted; `mistakes`: also in the documents."""
    return _TEXT.format(
        offers=f"{offers:,}",
        story=(_STORY if mistakes else _SMALL_STORY).rstrip(),
        planted="\n".join(f"- {_named(sentence)}" for sentence in planted),
        folders=", ".join(category.folder for category in CATEGORIES),
    )


def _named(sentence: str) -> str:
    kind, colon, rest = sentence.partition(": ")
    return f"**{kind}**{colon}{rest}"
