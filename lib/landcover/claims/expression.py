"""Small sums over named measurements, as `best('task2-exp5') - best('task2-exp4') > 0`.

Python's own grammar without its powers: numbers, texts, lists, arithmetic of numbers, comparisons,
and, or, not, and calls of the functions that are given. Nothing else is evaluated.
"""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from landcover.errors import SpecError


class MissingError(Exception):
    """What an expression asks for was not run, or is not in what was; says what."""


def _of_numbers(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Texts and lists are not to be added up, nor repeated."""

    def checked(*values: Any) -> Any:
        if not all(isinstance(value, int | float) for value in values):
            raise SpecError(f"there is no {operation.__name__} of {list(values)}, only of numbers")
        return operation(*values)

    return checked


def _quotient(dividend: float, divisor: float) -> float:
    if divisor == 0:
        raise MissingError("what would have to be divided by is zero")
    return dividend / divisor


OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _of_numbers(operator.add),
    ast.Sub: _of_numbers(operator.sub),
    ast.Mult: _of_numbers(operator.mul),
    ast.Div: _of_numbers(_quotient),
    ast.USub: _of_numbers(operator.neg),
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def parse(text: str) -> ast.expr:
    """Raises SpecError for what is no expression, or has a part that is not allowed."""
    try:
        body = ast.parse(str(text), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise SpecError(f"'{text}' is no expression ({error})") from error
    for _ in calls(body):
        pass
    return body


def calls(node: ast.expr) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every call in an expression with its arguments; those that are no literals are None."""
    match node:
        case ast.Constant(value=int() | float() | str() | bool()):
            return
        case ast.List(elts=parts) | ast.BoolOp(values=parts):
            pass
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            parts = [left, right]
        case ast.UnaryOp(operand=operand, op=op) if type(op) in OPERATORS:
            parts = [operand]
        case ast.Compare(left=left, ops=ops, comparators=rest) if all(
            type(op) in OPERATORS for op in ops
        ):
            parts = [left, *rest]
        case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]):
            yield name, tuple(p.value if isinstance(p, ast.Constant) else None for p in parts)
        case _:
            raise SpecError(f"'{ast.unparse(node)}' may not stand in an expression")
    for part in parts:
        yield from calls(part)


def evaluate(node: ast.expr, functions: Mapping[str, Callable[..., Any]]) -> Any:
    """The value of what `parse` made."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=parts):
            return [evaluate(part, functions) for part in parts]
        case ast.BoolOp(op=op, values=parts):
            together = all if isinstance(op, ast.And) else any
            return together([evaluate(part, functions) for part in parts])  # each leaves its traces
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](evaluate(left, functions), evaluate(right, functions))
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATORS[type(op)](evaluate(operand, functions))
        case ast.Compare(left=left, ops=ops, comparators=rest):
            values = [evaluate(part, functions) for part in (left, *rest)]
            pairs = zip(ops, values, values[1:], strict=False)
            return all(OPERATORS[type(op)](a, b) for op, a, b in pairs)
        case ast.Call(func=ast.Name(id=name), args=parts):
            return functions[name](*(evaluate(part, functions) for part in parts))
    raise AssertionError(ast.dump(node))  # parse lets nothing else through
