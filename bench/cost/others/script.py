"""The script that a seller would write: read the files, list the account, get each offer, compare. In an environment
of its own; it knows nothing of reconcile.

Usage: script.py API TOKEN FOLDER. It prints what differs, and how many offers it looked at. It looks at title, price and
stock only, inherits nothing, checks nothing and remembers nothing.
"""

import re
import sys
import time
from pathlib import Path
from typing import Any

import requests
import yaml


def main() -> None:
    """Compare all files with the account."""
    api, token, folder = sys.argv[1:]
    session = requests.Session()
    session.headers.update(
        {"Authorization": f"Bearer {token}", "Accept": "application/vnd.allegro.public.v1+json"}
    )
    ids = listed(session, api)
    looked = 0
    for file in sorted(Path(folder).glob("**/*.yaml")):
        document = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
        if document["kind"] == "Offer":
            live = get(session, f"{api}/sale/product-offers/{ids[document['name']]}")
            compare(document, live)
            looked += 1
    print(f"{looked} offers")


def listed(session: requests.Session, api: str) -> dict[str, str]:
    """Return the number of each offer by its key."""
    found: dict[str, str] = {}
    while True:
        page = get(session, f"{api}/sale/offers?limit=1000&offset={len(found)}")["offers"]
        found.update({each["external"]["id"]: each["id"] for each in page})
        if len(page) < 1000:
            return found


def get(session: requests.Session, url: str) -> Any:
    """Ask, and wait where the marketplace says so."""
    while True:
        answer = session.get(url, timeout=60)
        if answer.status_code != 429:
            answer.raise_for_status()
            return answer.json()
        time.sleep(int(answer.headers.get("Retry-After", "1")))


def compare(document: dict[str, Any], live: dict[str, Any]) -> None:
    """Print what differs."""
    price, stock = document["price"], document["stock"]
    declared = {
        "title": document["content"]["title"],
        "price": re.split(" ", price["base"] if isinstance(price, dict) else price)[0],
        "stock": stock if isinstance(stock, int) else stock.get("quantity", stock.get("count")),
    }
    there = {
        "title": live["name"],
        "price": live["sellingMode"]["price"]["amount"],
        "stock": live["stock"]["available"],
    }
    for key, value in declared.items():
        if str(value) != str(there[key]):
            print(f"{document['name']}: {key} {there[key]} -> {value}")


if __name__ == "__main__":
    main()
