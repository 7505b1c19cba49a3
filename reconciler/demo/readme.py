"""The README of the demo project."""

from collections.abc import Sequence

from reconciler.demo.assortment import CATEGORIES

_TEXT = """\
# Kubki i Reszta

A shop on a practice marketplace, made by `reconcile demo`. It sells {offers} things for the home on Allegro, its
offers are the files in `offers/`, and nothing here leaves your machine: the marketplace is a file in
`.reconcile/`, with the rules, delays and limits of the real one.

## What to type

```console
reconcile validate                 # are the documents sound?
reconcile plan                     # what would change, field by field: a guard refuses this one
$EDITOR {typo}
reconcile plan --out plan.json     # without the typo the plan passes
reconcile apply plan.json          # exactly that plan, and nothing else
reconcile plan                     # nothing left to apply, and why
```

Then try your own: change a price, remove a file, write `sync: {{price: off}}` into an offer, or plan a part with
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


def readme(offers: int, planted: Sequence[str], typo: str) -> str:
    """Return the README: what this is, what to type, what was planted."""
    return _TEXT.format(
        offers=f"{offers:,}",
        typo=typo,
        planted="\n".join(f"- {_named(sentence)}" for sentence in planted),
        folders=", ".join(category.folder for category in CATEGORIES),
    )


def _named(sentence: str) -> str:
    kind, colon, rest = sentence.partition(": ")
    return f"**{kind}**{colon}{rest}"
