"""Counting windows for request limits, with a block that calling prolongs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Window:
    """How much was used since `start`, and until when everything is refused."""

    start: float = 0.0
    used: int = 0
    blocked_until: float = 0.0


@dataclass
class Meter:
    """The windows of one process; a second process counts its own."""

    windows: dict[tuple[str, str], Window] = field(default_factory=dict)

    def take(self, key: tuple[str, str], now: float, span: float, limit: int, size: int, *, prolong: bool) -> bool:
        """Count `size` units; False when they do not fit or while a block lasts."""
        window = self.windows.setdefault(key, Window())
        if now < window.blocked_until:
            if prolong:
                window.blocked_until = now + span
            return False
        if now - window.start >= span:
            window.start, window.used = now, 0
        if window.used + size > limit:
            window.blocked_until = window.start + span
            return False
        window.used += size
        return True
