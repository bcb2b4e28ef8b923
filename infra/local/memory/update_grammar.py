"""How an update is read: ``SET`` with ``+``, ``-`` and ``if_not_exists``, ``REMOVE``, ``ADD`` of numbers."""

from collections.abc import Callable, Mapping

from infra.local.memory.conditions import Path
from infra.local.memory.errors import Invalid
from infra.local.memory.tokens import Tokens, syntax
from infra.local.memory.updates import Action, Add, IfNotExists, Remove, Set, Sum, Term, Update


def read_update(tokens: Tokens) -> Update:
    actions: dict[str, list[Action]] = {}
    while tokens.next or not actions:
        clause = tokens.take().upper()
        if clause == "DELETE":
            raise NotImplementedError("the in-memory table holds no sets")
        if clause not in CLAUSES:
            raise syntax(clause)
        if clause in actions:
            raise Invalid(f'The "{clause}" section can only be used once in an update expression')
        actions[clause] = _listed(tokens, CLAUSES[clause])
    return Update(tuple(action for clause in actions.values() for action in clause))


def _listed(tokens: Tokens, read: Callable[[Tokens], Action]) -> list[Action]:
    actions = [read(tokens)]
    while tokens.took(","):
        actions.append(read(tokens))
    return actions


def _set(tokens: Tokens) -> Action:
    path = tokens.path()
    tokens.expect("=")
    left = _term(tokens)
    if tokens.next not in ("+", "-"):
        return Set(path, left)
    sign, right = tokens.take(), _term(tokens)
    for term in (left, right):
        tokens.demand(sign, term.otherwise if isinstance(term, IfNotExists) else term, "N")
    return Set(path, Sum(left, sign, right))


def _term(tokens: Tokens) -> Term:
    if not tokens.is_function:
        return tokens.operand()
    name = tokens.take()
    if name == "list_append":
        raise NotImplementedError("the in-memory table does not know list_append")
    if name != "if_not_exists":
        raise Invalid(f"Invalid function name; function: {name}")
    tokens.expect("(")
    path = tokens.path()
    tokens.expect(",")
    otherwise = tokens.operand()
    tokens.expect(")")
    return IfNotExists(path, otherwise)


def _remove(tokens: Tokens) -> Action:
    return Remove(tokens.path())


def _add(tokens: Tokens) -> Action:
    path, amount = tokens.path(), tokens.operand()
    if isinstance(amount, Path):
        raise syntax(amount.name)
    tokens.demand("ADD", amount, "N")
    return Add(path, amount)


CLAUSES: Mapping[str, Callable[[Tokens], Action]] = {"SET": _set, "REMOVE": _remove, "ADD": _add}
