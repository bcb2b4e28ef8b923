"""How a condition is read.

Known are ``= <> < <= > >=``, ``BETWEEN``, ``AND``, ``OR``, ``NOT``, parentheses, ``attribute_exists``,
``attribute_not_exists`` and ``begins_with``.
"""

from infra.local.memory.conditions import BeginsWith, Both, Condition, Either, Equal, Exists, Given, Not, Ordered, Path
from infra.local.memory.errors import Invalid
from infra.local.memory.tokens import Tokens, syntax


def read_condition(tokens: Tokens) -> Condition:
    condition = _either(tokens)
    tokens.end()
    return condition


def _either(tokens: Tokens) -> Condition:
    condition = _both(tokens)
    while tokens.took("OR"):
        condition = Either(condition, _both(tokens))
    return condition


def _both(tokens: Tokens) -> Condition:
    condition = _single(tokens)
    while tokens.took("AND"):
        condition = Both(condition, _single(tokens))
    return condition


def _single(tokens: Tokens) -> Condition:
    if tokens.took("NOT"):
        return Not(_single(tokens))
    if tokens.took("("):
        condition = _either(tokens)
        tokens.expect(")")
        return condition
    return _function(tokens) if tokens.is_function else _comparison(tokens)


def _function(tokens: Tokens) -> Condition:
    name = tokens.take()
    tokens.expect("(")
    condition = _called(name, tokens)
    tokens.expect(")")
    return condition


def _called(name: str, tokens: Tokens) -> Condition:
    match name:
        case "attribute_exists":
            return Exists(tokens.path())
        case "attribute_not_exists":
            return Not(Exists(tokens.path()))
        case "begins_with":
            operand = tokens.operand()
            tokens.expect(",")
            prefix = tokens.operand()
            tokens.demand(name, prefix, "S", "B")
            return BeginsWith(operand, prefix)
        case "attribute_type" | "contains" | "size":
            raise NotImplementedError(f"the in-memory table does not know {name}")
        case _:
            raise Invalid(f"Invalid function name; function: {name}")


def _comparison(tokens: Tokens) -> Condition:
    left = tokens.operand()
    match tokens.take().upper():
        case "=":
            return Equal(left, tokens.operand())
        case "<>":
            return Not(Equal(left, tokens.operand()))
        case "<" | "<=" | ">" | ">=" as sign:
            return _ordered(tokens, left, sign, tokens.operand())
        case "BETWEEN":
            low = tokens.operand()
            tokens.expect("AND")
            high = tokens.operand()
            return Both(_ordered(tokens, left, ">=", low), _ordered(tokens, left, "<=", high))
        case "IN":
            raise NotImplementedError("the in-memory table does not know IN")
        case token:
            raise syntax(token)


def _ordered(tokens: Tokens, left: Path | Given, sign: str, right: Path | Given) -> Condition:
    for operand in (left, right):
        tokens.demand(sign, operand, "S", "N", "B")
    return Ordered(left, sign, right)
