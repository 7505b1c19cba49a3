"""The expression language of sources and rules: `available`, `formula`, `where`, `when`.

One text is scanned (`scanning`), parsed by Python's own parser, typed and compiled to closures (`compiling`), and
run on rows. It reckons in decimals of 34 digits (`numbers`), with currencies that meet only in `convert`.
"""

from reconciler.documents.expressions.expression import Expression, compile_expression
from reconciler.documents.expressions.faults import EvaluationFault, ExpressionFault
from reconciler.documents.expressions.functions import FUNCTIONS
from reconciler.documents.expressions.kinds import Kind, Typed, type_of
from reconciler.documents.expressions.rates import Rates

__all__ = [
    "FUNCTIONS",
    "EvaluationFault",
    "Expression",
    "ExpressionFault",
    "Kind",
    "Rates",
    "Typed",
    "compile_expression",
    "type_of",
]
