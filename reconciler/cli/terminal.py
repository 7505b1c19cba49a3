"""Whether somebody is looking."""

from typing import TextIO


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a person looks at a stream; a closed one is none."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False
