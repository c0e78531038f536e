"""A plan as a file: canonical JSON whose id is the hash of all the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from automation.errors import Fault, PlanError
from automation.inventory.document import Document
from automation.inventory.schema import validate
from automation.model import Plan, canonical_json

_FIRST: Final = 5
"""So many faults of a file that is no plan are named; nobody mends such a file by hand."""


def sealed(plan: Plan) -> Plan:
    """Return `plan` with the id that its content gives it."""
    return replace(plan, id=_id(plan))


def _id(plan: Plan) -> str:
    hashed = hashlib.sha256()
    for piece in _pieces(replace(plan, id="")):
        hashed.update(piece.encode())
    return hashed.hexdigest()


def _pieces(plan: Plan) -> Iterator[str]:
    """Yield the plan's canonical JSON, a change at a time: a city's is 100 MB as one value.

    `changes` sorts before every other name of a plan.
    """
    yield '{"changes":['
    for at, change in enumerate(plan.changes):
        yield ("," if at else "") + canonical_json(asdict(change))
    rest = asdict(replace(plan, changes=()))
    del rest["changes"]
    yield "]," + canonical_json(rest)[1:]


def dump(plan: Plan) -> str:
    """Return the plan as text: one line of canonical JSON."""
    return "".join(_pieces(plan)) + "\n"


def load(text: str, where: str, now: datetime) -> Plan:
    """Return the plan in `text`, or PlanError if it was edited, has expired or cannot be read."""
    plan = _read(text, where)
    if plan.id != _id(plan) or dump(plan) != text:
        raise PlanError(f"{where}: the plan was edited after it was made; nothing was sent")
    if now >= datetime.fromisoformat(plan.expires):
        raise PlanError(f"{where}: the plan expired at {plan.expires}; plan again")
    return plan


def _read(text: str, where: str) -> Plan:
    """Return the plan that the JSON in `text` is, whoever wrote it."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        what = f"no JSON from column {error.colno} on; expected the one line of a plan"
        raise _no_plan([Fault(where, what, error.lineno)]) from error
    except RecursionError as error:
        what = "nested beyond all measure; expected the one line of a plan"
        raise _no_plan([Fault(where, what, 1)]) from error
    if not isinstance(value, dict):
        what = f"{text[:20].strip()!r} is no plan; expected a mapping with its id and its changes"
        raise _no_plan([Fault(where, what, 1)])
    faults: list[Fault] = []
    plan = validate(Plan, value, Document(where, value, None), (), faults)
    if plan is None:
        raise _no_plan([Fault(where, fault.what, 1) for fault in faults])
    return plan


def _no_plan(faults: list[Fault]) -> PlanError:
    more = [f"and {len(faults) - _FIRST} more faults"] if len(faults) > _FIRST else []
    ending = "not a plan that `portvakt plan --out` wrote; nothing was sent"
    return PlanError("\n".join([*map(str, faults[:_FIRST]), *more, ending]))
