"""A plan as a file: canonical JSON whose id is the hash of all the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from automation.errors import PlanError
from automation.model import Plan, canonical_json

_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)


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
    try:
        plan = _PLAN.validate_python(json.loads(text))
    except (json.JSONDecodeError, ValidationError) as error:
        raise PlanError(f"{where}: not a plan: {str(error).splitlines()[0]}") from error
    if plan.id != _id(plan) or dump(plan) != text:
        raise PlanError(f"{where}: the plan was edited after it was made; nothing was sent")
    if now >= datetime.fromisoformat(plan.expires):
        raise PlanError(f"{where}: the plan expired at {plan.expires}; plan again")
    return plan
