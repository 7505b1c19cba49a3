"""Python's syntax tree -> terms, each with its type and its closure. What is not named here cannot be used."""

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from reconciler.documents.expressions.arithmetic import negative, reckoned
from reconciler.documents.expressions.comparing import chosen, compared, joined, opposite
from reconciler.documents.expressions.faults import ExpressionFault
from reconciler.documents.expressions.functions import CALLEES, FUNCTIONS, called
from reconciler.documents.expressions.kinds import NUMBER, TEXT, YES_NO, Kind, Typed
from reconciler.documents.expressions.scanning import CONSTANTS
from reconciler.documents.expressions.terms import Compilation, Term, single, together
from reconciler.documents.near import did_you_mean, listed
from reconciler.model.tables import Cell

#: What other languages call what has another name here.
_CALLED_ELSEWHERE = {"null": "None", "none": "None", "nil": "None", "yes": "True", "no": "False"}


def term_of(node: ast.expr, compilation: Compilation) -> Term:
    """Compile a node. Raise ExpressionFault."""
    compiler = _COMPILERS.get(type(node))
    if compiler is None:
        raise ExpressionFault("this cannot stand in an expression", offset=compilation.offset(node))
    return compiler(node, compilation)


def _constant(node: ast.Constant, compilation: Compilation) -> Term:
    value: Cell
    type_: Typed | None
    if node.value is None:
        value, type_ = None, None
    elif isinstance(node.value, bool):
        value, type_ = node.value, YES_NO
    elif isinstance(node.value, str):
        value, type_ = node.value, TEXT
    else:  # as it was written: Python has made a float of it
        value, type_ = Decimal(compilation.written(node)), NUMBER
    return Term(offset=compilation.offset(node), type=type_, run=lambda _values, _rates: value, literal=value)


def _name(node: ast.expr, compilation: Compilation) -> Term:
    name = _dotted(node)
    offset = compilation.offset(node)
    if name is None:
        raise ExpressionFault("only a source has columns", "Write source.column.", offset=offset)
    if name not in compilation.known:
        raise ExpressionFault(f"there is no `{name}`", _hint(name, compilation), offset=offset)
    compilation.used.add(name)
    type_ = compilation.known[name]
    several = type_.kind is Kind.TEXTS
    return Term(
        offset=offset,
        type=TEXT if several else type_,
        run=lambda values, _rates: values[name],
        listed=several,
    )


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return None


def _hint(name: str, compilation: Compilation) -> str:
    if name in CALLEES:
        return f"`{name}` is a function: {CALLEES[name].usage}."
    if name in _CALLED_ELSEWHERE:
        return f"Write `{_CALLED_ELSEWHERE[name]}`."
    known = sorted(compilation.known)
    column = name.rpartition(".")[2]
    of_sources = [each for each in known if "." in each and each.rpartition(".")[2] == column]
    otherwise = f"The names are {', '.join(known)}." if 0 < len(known) <= 12 else ""
    if of_sources and "." not in name:
        otherwise = f"Did you mean {listed(of_sources[:3])}?"
    return did_you_mean(name, [*known, *CONSTANTS], otherwise=otherwise)


def _call(node: ast.Call, compilation: Compilation) -> Term:
    offset = compilation.offset(node)
    if not isinstance(node.func, ast.Name):
        raise ExpressionFault("this is no function", "An operator may be missing before `(`.", offset=offset)
    name = node.func.id
    if name not in CALLEES:
        hint = "An operator is missing before `(`." if name in compilation.known else ""
        hint = hint or did_you_mean(name, FUNCTIONS, otherwise=f"The functions are {', '.join(FUNCTIONS)}.")
        raise ExpressionFault(f"there is no function `{name}`", hint, offset=offset)
    return called(name, compilation, offset, [term_of(each, compilation) for each in node.args])


def _list(node: ast.List, compilation: Compilation) -> Term:
    offset = compilation.offset(node)
    terms = [single(term_of(each, compilation)) for each in node.elts]
    for term in terms:
        if term.literal is None:
            hint = "Write texts and numbers; several comparisons are joined by `or`."
            raise ExpressionFault("a list has only values that are written there", hint, offset=term.offset)
    if not terms:
        raise ExpressionFault("the list is empty", offset=offset)
    values = tuple(term.literal for term in terms)
    type_ = together(terms, "in one list", offset)
    return Term(offset=offset, type=type_, run=lambda _values, _rates: None, many=values)


def _unary(node: ast.UnaryOp, compilation: Compilation) -> Term:
    term = term_of(node.operand, compilation)
    offset = compilation.offset(node)
    return opposite(term, offset) if isinstance(node.op, ast.Not) else negative(term, offset)


def _binary(node: ast.BinOp, compilation: Compilation) -> Term:
    return reckoned(node.op, term_of(node.left, compilation), term_of(node.right, compilation))


def _compare(node: ast.Compare, compilation: Compilation) -> Term:
    return compared(node.ops, [term_of(each, compilation) for each in (node.left, *node.comparators)])


def _bool(node: ast.BoolOp, compilation: Compilation) -> Term:
    return joined(node.op, [term_of(each, compilation) for each in node.values])


def _if(node: ast.IfExp, compilation: Compilation) -> Term:
    return chosen(*(term_of(each, compilation) for each in (node.test, node.body, node.orelse)))


_COMPILERS: Mapping[type[ast.expr], Callable[[Any, Compilation], Term]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _name,
    ast.Call: _call,
    ast.List: _list,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.BoolOp: _bool,
    ast.IfExp: _if,
}
