"""Content templates: Jinja in a sandbox that bounds time, memory and what can be reached."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.model.texts import nfc

if TYPE_CHECKING:
    from reconciler.documents.sandbox import Sandbox


class Renderer:
    """Renders the templates of one project; each is compiled once. Not for use by several threads at a time.

    `read` returns the text of a file by its path below the project root, and raises OSError or ValueError
    when it cannot; where that has a `hint`, it is told, too.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._sandboxes: dict[bool, Sandbox] = {}

    def render(self, path: str, variables: Mapping[str, Any], *, html: bool = True) -> str:
        """Return the text that the template writes, composed; with `html`, values are escaped.

        Raise TemplateFault.
        """
        if html not in self._sandboxes:
            from reconciler.documents.sandbox import Sandbox  # noqa: PLC0415 - jinja2 takes 50 ms to import

            self._sandboxes[html] = Sandbox(self._read, html=html)
        return nfc(self._sandboxes[html].render_text(path, variables))


def drawn_in(read: Callable[[str], str], path: str) -> frozenset[str]:
    """Return the other files that a template draws in, and those that they do; of what cannot be read none."""
    from reconciler.documents.sandbox import named_in  # noqa: PLC0415 - as above

    found: set[str] = set()
    waiting = [path]
    while waiting:
        here = waiting.pop()
        new = named_in(read, here) - found
        found |= new
        waiting.extend(new)
    return frozenset(found)
