"""A plot of processor time by size, both in logarithms, as SVG: no library, and the same bytes for the same figures."""

import math
from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 760, 440, 64, 16, 210, 44
_COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#bc4c00", "#57606a", "#0a7ea4")
_STYLE = "font: 12px system-ui, sans-serif"
_APART = 16

#: Points of one line: size and seconds.
Line = Sequence[tuple[int, float]]


def plot(lines: Mapping[str, Line]) -> str:
    """Return the picture; a line of one size is a point."""
    sizes = [size for line in lines.values() for size, _ in line]
    costs = [cost for line in lines.values() for _, cost in line]
    wide, high = _decades(sizes), _decades(costs)
    parts = [*_grid(wide, high), *_drawn(lines, wide, high)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" style="{_STYLE}">'
    title = "<title>Seconds of processor time by number of offers</title>"
    return "\n".join(
        [head, title, f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>', *parts, "</svg>", ""]
    )


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low = math.floor(math.log10(min(values)))
    return low, max(low + 1, math.ceil(math.log10(max(values))))


def _x(size: float, wide: tuple[int, int]) -> float:
    return _LEFT + (math.log10(size) - wide[0]) / (wide[1] - wide[0]) * (_WIDTH - _LEFT - _RIGHT)


def _y(cost: float, high: tuple[int, int]) -> float:
    return _HEIGHT - _BOTTOM - (math.log10(cost) - high[0]) / (high[1] - high[0]) * (_HEIGHT - _TOP - _BOTTOM)


def _grid(wide: tuple[int, int], high: tuple[int, int]) -> list[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    parts = []
    for power in range(wide[0], wide[1] + 1):
        x = _x(10**power, wide)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{bottom}" stroke="#d0d7de"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{10**power:,}</text>')
    for power in range(high[0], high[1] + 1):
        y = _y(10.0**power, high)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#d0d7de"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>')
    parts.append(f'<text x="{(_LEFT + right) / 2}" y="{bottom + 36}" text-anchor="middle">offers</text>')
    return parts


def _drawn(lines: Mapping[str, Line], wide: tuple[int, int], high: tuple[int, int]) -> list[str]:
    parts, free = [], -_APART * 1.0
    ordered = sorted(lines.items(), key=lambda each: _y(each[1][-1][1], high))
    for number, (name, line) in enumerate(ordered):
        colour = _COLOURS[number % len(_COLOURS)]
        points = [(_x(size, wide), _y(cost, high)) for size, cost in line]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        free = max(points[-1][1], free + _APART)
        at = f'x="{_WIDTH - _RIGHT + 12}" y="{free + 4:.1f}"'
        parts.append(f'<text {at} fill="{colour}">{escape(name)}</text>')
    return parts
