"""Jinja's sandbox with what it lacks: bounds on time and size, and a list of what may be used at all."""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, Undefined, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from markupsafe import Markup

from reconciler.documents.allowed import GLOBALS, MAPPING_METHODS, TESTS, TEXT_METHODS, filters
from reconciler.documents.characters import UNWRITABLE, named
from reconciler.documents.conflict import SETTLE, UNSETTLED, conflict_in
from reconciler.documents.fuel import MAX_TEXT, Exhausted, Fuel, check_text
from reconciler.documents.operators import OPERATORS, operate
from reconciler.documents.rewriting import Refused, other_files, rewrite
from reconciler.documents.template_fault import TemplateFault
from reconciler.model.bounds import TEMPLATE_TEXT

_JINJA_OWN = (LoopContext, BlockReference, Macro, Namespace)


#: How the types that cannot stand in a text are called.
_KINDS = {list: "a list", tuple: "a list", dict: "a mapping", bool: "a yes or no", set: "a set"}


class Environment(ImmutableSandboxedEnvironment):
    """Compiles rewritten templates, whose code calls `burn`, `weigh` and `joined` here."""

    intercepted_binops = OPERATORS

    def __init__(self, loader: BaseLoader, *, html: bool) -> None:
        super().__init__(
            loader=loader,
            autoescape=html,
            undefined=StrictUndefined,
            auto_reload=False,
            optimized=False,
            finalize=self.printed,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.fuel = Fuel()
        self.burn = self.fuel.burn
        self.weigh = self.fuel.weigh
        self.globals = dict(GLOBALS)
        self.tests = {name: self.tests[name] for name in TESTS}
        self.filters = filters(self.filters, self.fuel)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Jinja's hook between reading a template and writing its code."""
        if len(source) > TEMPLATE_TEXT:
            raise Refused("the template is too long", 1)
        return rewrite(super()._parse(source, name, filename))

    def tree(self, source: str, name: str) -> nodes.Template:
        """Return a template as it was written."""
        return super()._parse(source, name, name)

    def printed(self, value: Any) -> Any:
        """Let through what can stand in a text; a list or null there is a mistake."""
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            return self.fuel.weigh(value)
        if isinstance(value, Undefined | Markup | float):
            return value
        what = "null" if value is None else _KINDS.get(type(value), "such a value")
        raise TypeError(f"{what} cannot be written into a text; pick one value, or use `|join(', ')`")

    def joined(self, *parts: Any) -> str:
        """Do `a ~ b`."""
        texts = [part if isinstance(part, str) else str(self.printed(part)) for part in parts]
        check_text(sum(map(len, texts)))
        whole = Markup("").join(texts) if any(isinstance(t, Markup) for t in texts) else "".join(texts)
        self.fuel.weigh(whole)
        return whole

    def call_binop(self, _context: Context, operator: str, left: Any, right: Any) -> Any:
        self.fuel.weigh(left)
        self.fuel.weigh(right)
        return self.fuel.weigh(operate(operator, left, right))

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        owner = getattr(obj, "__self__", None)
        if owner is self.fuel or owner is self:
            return obj(*args)
        for value in (owner, *args, *kwargs.values()):
            self.fuel.weigh(value)
        result = super().call(context, obj, *args, **kwargs)
        return self.fuel.weigh(list(result) if type(result).__name__.startswith("dict_") else result)

    def wrap_str_format(self, _value: Any) -> None:
        """Give `.format` no special way in: its widths can be built from its arguments."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str):
            return attr in TEXT_METHODS
        if isinstance(obj, Mapping):
            return attr in MAPPING_METHODS
        known = isinstance(obj, _JINJA_OWN) or type(obj).__name__ in {"TemplateModule", "TemplateReference"}
        return known and super().is_safe_attribute(obj, attr, value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key wins over a method: `parameters.items` is the parameter of that name, if there is one."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class _Unwritable(ValueError):  # noqa: N818 - a finding about a template, turned into a TemplateFault
    """A piece of text holds what no text may, so many lines below its first one."""

    def __init__(self, said: str, below: int) -> None:
        super().__init__(said)
        self.below = below


def _check_writable(piece: str) -> None:
    if odd := UNWRITABLE.search(piece):
        raise _Unwritable(f"it writes {named(odd.group())}", piece.count("\n", 0, odd.start()))


class _Loader(BaseLoader):
    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read

    def get_source(self, _environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        try:
            return self._read(template), template, lambda: True
        except (OSError, ValueError, LookupError) as wrong:
            raise TemplateNotFound(template, str(wrong)) from wrong


class Sandbox:
    """Renders with one setting of escaping."""

    def __init__(self, read: Callable[[str], str], *, html: bool) -> None:
        self._loader = _Loader(read)
        self._environment = Environment(self._loader, html=html)
        self._checked: dict[str, frozenset[str]] = {}

    def render_text(self, path: str, variables: Mapping[str, Any]) -> str:
        """Return the text, or raise TemplateFault."""
        environment = self._environment
        environment.fuel.refill()
        try:
            self._check_files(path, ())
            template = environment.get_template(path)
            return self._collect(template.root_render_func(template.new_context(dict(variables))))
        except TemplateFault:
            raise
        except Exception as wrong:  # noqa: BLE001 - whatever a template does, its author is told and nobody else
            raise _fault(path, wrong) from None

    def drawn_in(self, path: str) -> frozenset[str]:
        """Return the files of a template that was rendered: its own, and those that it draws in."""
        return self._checked.get(path, frozenset((path,)))

    def _collect(self, pieces: Any) -> str:
        parts, length = [], 0
        for piece in pieces:
            length += len(piece)
            try:
                check_text(length)
                _check_writable(piece)
            except (Exhausted, _Unwritable) as wrong:
                pieces.throw(wrong)  # told with the line that did it
            parts.append(piece)
        return "".join(parts)

    def _check_files(self, path: str, above: tuple[str, ...]) -> None:
        """Look at every file that a template draws in, before any of them runs."""
        if path in above:
            chain = " -> ".join((*above[above.index(path) :], path))
            detail = f"The chain is {chain}."
            raise TemplateFault("templates include each other", detail, path=above[-1], code="D406")
        if path in self._checked:
            return
        source = self._source(path)
        try:
            named = other_files(self._environment.tree(source, path))
        except Exception as wrong:  # noqa: BLE001 - as above
            raise _fault(path, wrong) from None
        files = {path}
        for other, line in named:
            try:
                self._check_files(other, (*above, path))
                files |= self._checked[other]
            except TemplateFault as fault:
                if fault.line == 0:
                    fault.line, fault.path = line, path
                elif fault.code == "D406" and fault.path == path:
                    fault.line = line
                raise
        self._checked[path] = frozenset(files)

    def _source(self, path: str) -> str:
        """Return what a file holds, where that may be a template."""
        try:
            source = self._loader.get_source(None, path)[0]
        except TemplateNotFound as missing:
            summary = f"the template `{path}` cannot be read"
            hint = getattr(missing.__cause__, "hint", "")
            raise TemplateFault(summary, f"{missing.message}.", 0, path=path, code="D401", hint=hint) from None
        if len(source) > TEMPLATE_TEXT:
            summary = f"the template has more than {TEMPLATE_TEXT:,} characters"
            raise TemplateFault(summary, path=path, code="D405")
        if line := conflict_in(source):
            raise TemplateFault(UNSETTLED, line=line, path=path, code="D123", hint=SETTLE)
        return source


def _fault(path: str, wrong: Exception) -> TemplateFault:
    name, line = _place(path, wrong)
    said = " ".join(str(wrong).split())[:300]
    match wrong:
        case Refused():
            return TemplateFault(said, "", wrong.line or 1, path=path, code="D404")
        case TemplateSyntaxError():
            where = wrong.name or path
            said = (wrong.message or "").rstrip(".")
            return TemplateFault("the template is not valid", f"{said}.", wrong.lineno, path=where, code="D402")
        case UndefinedError():
            return _unknown(said, name, line)
        case SecurityError():
            return TemplateFault("the template uses what it may not", said, line, path=name, code="D404")
        case Exhausted() | RecursionError() | MemoryError():
            why = said if isinstance(wrong, Exhausted) else "it nests too deep, or calls itself without end"
            hint = f"A text has at most {MAX_TEXT:,} characters; make the template do less."
            summary = f"the template was stopped: {why}"
            return TemplateFault(summary, "", line, path=name, code="D405", hint=hint)
        case _Unwritable():
            line += wrong.below
        case ArithmeticError():
            said = "a number is divided by zero, or is none"
    return TemplateFault(f"the template fails: {said}", "", line, path=name)


def _unknown(said: str, name: str, line: int) -> TemplateFault:
    hint = "Known are name, account, labels, title, parameters, content, settings, delivery, price and stock."
    detail = "Use `{% if … is defined %}` for what only some documents have."
    return TemplateFault(
        f"the template names what is not there: {said}", detail, line, path=name, code="D403", hint=hint
    )


def _place(path: str, wrong: Exception) -> tuple[str, int]:
    """Return the innermost template of a traceback and the line in it.

    Of what calls itself without end it is where most of the calls stand: which one was the last is chance.
    """
    places = [(path, 1)]
    trace = wrong.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_globals  # of a compiled template: its name, blocks and table of lines
        if "debug_info" in code and "blocks" in code:
            places.append((str(code["name"]), _line(code["debug_info"], trace.tb_lineno)))
        trace = trace.tb_next
    return Counter(places).most_common(1)[0][0] if isinstance(wrong, RecursionError) else places[-1]


def _line(debug_info: str, code_line: int) -> int:
    """Jinja's own table: `template line = code line`, joined by `&`."""
    line = 1
    for pair in debug_info.split("&") if debug_info else ():
        written, _, generated = pair.partition("=")
        if int(generated) > code_line:
            break
        line = int(written)
    return line
