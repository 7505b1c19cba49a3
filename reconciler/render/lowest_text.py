"""The lowest price before a reduction, in a few words that say no more than was seen."""

from reconciler.model.prices import DAYS, Lowest


def lowest_text(each: Lowest, *, short: bool = False) -> str:
    """Say it: `lowest of 30 days 39.99 PLN`; `short` leaves out what the head of a column says."""
    if each.price is None:
        return "not known" if short else f"lowest of {DAYS} days not known"
    if each.since:
        known = f"known only since {each.since[:10]}"
        return f"{each.price}, {known}" if short else f"lowest seen {each.price}, {known}"
    return str(each.price) if short else f"lowest of {DAYS} days {each.price}"
