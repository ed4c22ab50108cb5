"""Small expressions of named measurements: `best('task2-exp5') - best('task2-exp4') > 0`.

They use a small part of Python's grammar: numbers, texts, lists, arithmetic of numbers,
comparisons, and, or, not, and calls of the given functions. Nothing else is evaluated.
"""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from landcover import numerals
from landcover.errors import SpecError


class MissingError(Exception):
    """A value that an expression asks for was not measured; the message says which."""


def _of_numbers(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Returns the operation for numbers only: it refuses to add or repeat texts and lists."""

    def checked(*values: Any) -> Any:
        if not all(isinstance(value, int | float) for value in values):
            raise SpecError(f"there is no {operation.__name__} of {list(values)}, only of numbers")
        return operation(*values)

    return checked


def _quotient(dividend: float, divisor: float) -> float:
    if divisor == 0:
        raise MissingError("there is no quotient: the divisor is zero")
    return dividend / divisor


DEEPEST = 60  # levels of nesting; each term of a sum adds one, and the ledger has at most ten
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
SIGNS: dict[type[ast.AST], str] = {
    ast.Eq: "=", ast.NotEq: "≠", ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥",
}  # fmt: skip
MOST_SHOWN = 4  # values of a list


def parse(text: str) -> ast.expr:
    """Parses an expression. Raises SpecError for a wrong one, or for a part that is not allowed."""
    too_deep = SpecError(f"'{str(text)[:20]}...' is nested too deep; write it in parts")
    try:
        body = ast.parse(str(text), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise SpecError(f"'{text}' is no expression ({error})") from error
    except (RecursionError, MemoryError) as error:  # Python's parser can raise both
        raise too_deep from error
    level: list[ast.AST] = [body]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise too_deep
    for _ in calls(body):
        pass
    return body


def calls(node: ast.expr) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yields every call in an expression with its arguments.

    An argument is a literal, a list of literals, or else None.
    """
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
            yield name, tuple(map(_literal, parts))
        case _:
            raise SpecError(f"'{ast.unparse(node)}' may not stand in an expression")
    for part in parts:
        yield from calls(part)


def _literal(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=parts) if parts and all(isinstance(p, ast.Constant) for p in parts):
            return [part.value for part in parts if isinstance(part, ast.Constant)]
    return None


def evaluate(node: ast.expr, functions: Mapping[str, Callable[..., Any]]) -> Any:
    """Returns the value of a parsed expression.

    Raises MissingError if something was not measured yet, and SpecError if there can be no value,
    such as the length of a number.
    """
    try:
        return _value(node, functions)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise SpecError(
            f"'{ast.unparse(node)}' has no value ({error}); correct the expression"
        ) from error


def in_numbers(node: ast.expr, functions: Mapping[str, Callable[..., Any]]) -> str:
    """Returns a comparison with the values of its sides, such as `80.6 ≥ 81`; "" for others."""
    match node:
        case ast.BoolOp(op=op, values=parts):
            found = filter(None, (in_numbers(part, functions) for part in parts))
            return (" and " if isinstance(op, ast.And) else " or ").join(found)
        case ast.Compare(left=left, ops=ops, comparators=rest):
            first, *others = (_short(_value(part, functions)) for part in (left, *rest))
            signs = (SIGNS[type(op)] for op in ops)
            pairs = zip(signs, others, strict=True)
            return " ".join([first, *(f"{sign} {side}" for sign, side in pairs)])
    return ""


def _short(value: Any) -> str:
    match value:
        case list() if len(value) > MOST_SHOWN:
            return f"{', '.join(map(_short, value[:MOST_SHOWN]))}, … ({len(value)} values)"
        case list():
            return ", ".join(map(_short, value))
        case int() | float() if not isinstance(value, bool):
            return numerals.short(value)
    return str(value)


def _value(node: ast.expr, functions: Mapping[str, Callable[..., Any]]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=parts):
            return [_value(part, functions) for part in parts]
        case ast.BoolOp(op=op, values=parts):
            together = all if isinstance(op, ast.And) else any
            return together(
                [_value(part, functions) for part in parts]
            )  # all are evaluated, so that all are recorded
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](_value(left, functions), _value(right, functions))
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATORS[type(op)](_value(operand, functions))
        case ast.Compare(left=left, ops=ops, comparators=rest):
            values = [_value(part, functions) for part in (left, *rest)]
            pairs = zip(ops, values, values[1:], strict=False)
            return all(OPERATORS[type(op)](a, b) for op, a, b in pairs)
        case ast.Call(func=ast.Name(id=name), args=parts):
            return functions[name](*(_value(part, functions) for part in parts))
    raise AssertionError(ast.dump(node))  # parse allows nothing else
