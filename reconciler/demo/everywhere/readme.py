"""The README of the mugs."""

from collections.abc import Sequence

_TEXT = """\
# The same mugs on several marketplaces

Made by `reconcile demo --marketplaces {marketplaces}`. {count} mugs are sold on {told}: each is **one file**
in `mugs/`, and `mugs/_defaults.yaml` says what is different on each marketplace. Nothing here leaves your machine:
the marketplaces are files in `.reconcile/`, with the rules, delays and limits of the real ones.

```console
reconcile plan                 # what is different, account by account
reconcile plan --by offer      # what one file does on all marketplaces together
reconcile demo --fix .         # correct the typo, as its author would
reconcile plan --out plan.json
reconcile apply plan.json
reconcile plan                 # No changes.
```

## What has happened

After the mugs were listed, documents and marketplaces were equal. Since then:

{planted}

## Where things are

| file | says |
|---|---|
| `reconcile.yaml` | the accounts and their guards |
| `mugs/*.yaml` | one mug each: its picture, its pieces, its prices |
| `mugs/_defaults.yaml` | for all mugs: categories, settings, delivery, and which template writes which text |
| `templates/` | titles and descriptions, in the language of each marketplace |
| `shop/` | settings templates, delivery price lists and policies that are documents |
| `schemas/` | the grammar of all these, for your editor |
"""


def readme(count: int, marketplaces: Sequence[str], planted: Sequence[str]) -> str:
    """Return the README of so many mugs on these marketplaces."""
    return _TEXT.format(
        marketplaces=",".join(marketplaces),
        count=f"{count:,}",
        told=" and ".join(filter(None, (", ".join(marketplaces[:-1]), marketplaces[-1]))),
        planted="\n".join(f"- {each}" for each in planted),
    )
