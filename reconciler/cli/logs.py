"""What libraries log (aiohttp, asyncio) quotes texts from outside: it goes through the gate, too."""

import logging

from reconciler.cli.output import say


class _Said(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(*self.format(record).split("\n"))


def say_what_is_logged() -> None:
    """Have warnings that no logger handles said as lines of ours."""
    logging.lastResort = _Said(logging.WARNING)
