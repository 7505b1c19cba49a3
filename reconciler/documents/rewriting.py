"""Before a template is compiled: refuse what it has no need of, and insert what it has to pay."""

from typing import Any

from jinja2 import nodes

ALLOWED: frozenset[type[nodes.Node]] = frozenset(
    {
        nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.NSRef, nodes.Const,
        nodes.Tuple,
        nodes.List, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.CondExpr, nodes.Filter, nodes.Test,
        nodes.Call, nodes.Getitem, nodes.Getattr, nodes.Slice, nodes.Concat, nodes.Compare, nodes.Operand,
        nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Add, nodes.Sub, nodes.Mod, nodes.Pow, nodes.And, nodes.Or,
        nodes.Not, nodes.Neg, nodes.Pos, nodes.For, nodes.If, nodes.Macro, nodes.CallBlock, nodes.FilterBlock,
        nodes.With, nodes.Block, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Assign,
        nodes.AssignBlock,
    }
)  # fmt: skip
#: Statements whose body runs again and again, or from elsewhere.
_BODIES = (
    nodes.Template, nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block, nodes.FilterBlock, nodes.AssignBlock,
)  # fmt: skip
_OTHER_FILES = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
MAX_NODES = 10_000


class Refused(Exception):  # noqa: N818 - a finding, turned into a TemplateFault
    """The template uses something that is not allowed, in this line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def other_files(tree: nodes.Template) -> list[tuple[str, int]]:
    """Return the files that a template includes, imports or extends, with the line."""
    found = []
    for node in _all(tree):
        if isinstance(node, _OTHER_FILES):
            name = node.template
            if not isinstance(name, nodes.Const) or not isinstance(name.value, str):
                raise Refused("the name of another template must be written out in quotes", node.lineno)
            if not _is_text(name.value):
                raise Refused(f"no file can be called {name.value!a}", node.lineno)
            found.append((name.value, node.lineno))
    return found


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, written as an escape
        return False
    return True


def rewrite(tree: nodes.Template) -> nodes.Template:
    """Return the tree with its payments: a body pays for its nodes when it runs, a value for its size."""
    found = _all(tree)
    if len(found) > MAX_NODES:
        raise Refused("the template is too long", 1)
    for node in found:
        _refuse(node)
    _number_lines(found)
    for node in found:
        if isinstance(node, _BODIES):
            _pay_for_body(node)
        _pay_for_operands(node)
    return tree


def _all(tree: nodes.Node) -> list[nodes.Node]:
    """Every node, without recursion: a template may nest as deep as its author likes."""
    found, stack = [], [tree]
    while stack:
        here = stack.pop()
        found.append(here)
        stack.extend(here.iter_child_nodes())
    return found


def _refuse(node: nodes.Node) -> None:
    if type(node) not in ALLOWED:
        raise Refused(f"`{type(node).__name__.lower()}` cannot be used here", node.lineno)
    if isinstance(node, nodes.For) and node.recursive:
        raise Refused("a loop cannot be `recursive`", node.lineno)
    if isinstance(node, nodes.Import | nodes.FromImport):
        node.with_context = True  # else Jinja keeps the module, and one offer's text could depend on another's


def _number_lines(found: list[nodes.Node]) -> None:
    """Give what is written over several lines the first of them, and `with` a line of its own.

    Jinja counts an expression where its last filter stands, and `with` where the statement before it does.
    """
    for node in reversed(found):  # children before parents
        if isinstance(node, nodes.Expr):
            lines = [each.lineno for each in (node, *node.iter_child_nodes()) if each.lineno]
            node.lineno = min(lines, default=1)
        for body in _statements(node):
            for position in reversed([at for at, each in enumerate(body) if isinstance(each, nodes.With)]):
                line = body[position].lineno
                body.insert(position, nodes.ExprStmt(_call("burn", nodes.Const(1, lineno=line)), lineno=line))


def _statements(node: nodes.Node) -> list[list[nodes.Node]]:
    lists = (getattr(node, name, None) for name in ("body", "else_"))
    return [each for each in lists if isinstance(each, list)]


def _pay_for_body(node: Any) -> None:
    cost = 1 + sum(_cost(inner) for statement in node.body for inner in _all(statement))
    line = node.lineno or 1
    node.body.insert(0, nodes.ExprStmt(_call("burn", nodes.Const(cost, lineno=line)), lineno=line))


def _cost(node: nodes.Node) -> int:
    return 1 + len(node.data) // 16 if isinstance(node, nodes.TemplateData) else 1


def _pay_for_operands(node: nodes.Node) -> None:
    """Whatever walks, copies or compares a value pays for its size first; a new list pays for its parts."""
    match node:
        case nodes.For(test=nodes.Node() as test):  # what its `if` leaves out never reaches the body, which pays
            payment = _call("burn", nodes.Const(len(_all(test)), lineno=node.lineno))
            node.test = nodes.And(payment, test, lineno=node.lineno)
        case nodes.Compare():
            node.expr = _weighed(node.expr)
            for operand in node.ops:
                operand.expr = _weighed(operand.expr)
        case nodes.Test():
            node.node = _weighed(node.node)
            node.args = [_weighed(arg) for arg in node.args]
        case nodes.Getitem(arg=nodes.Slice()):
            node.node = _weighed(node.node)
        case nodes.List() | nodes.Tuple(ctx="load"):
            node.items = [_weighed(item) for item in node.items]
        case nodes.Dict():
            for pair in node.items:
                pair.value = _weighed(pair.value)
        case nodes.Concat():
            node.nodes = [_call("joined", *node.nodes)]


def _weighed(node: Any) -> nodes.Expr:
    return _call("weigh", node)


def _call(name: str, *args: nodes.Expr) -> nodes.Call:
    """A call of the environment's own method: no name in the template can stand in its way."""
    line = args[0].lineno or 1
    attribute = nodes.EnvironmentAttribute(name, lineno=line)
    return nodes.Call(attribute, list(args), [], None, None, lineno=line)
