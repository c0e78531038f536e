"""A plan as a file: canonical JSON whose id is the hash of all the rest."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from automation.errors import PlanError
from automation.model import Plan, canonical_json, digest

_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)


def sealed(plan: Plan) -> Plan:
    """Return `plan` with the id that its content gives it."""
    return replace(plan, id=_id(plan))


def _id(plan: Plan) -> str:
    return digest(canonical_json({**asdict(plan), "id": ""}))


def dump(plan: Plan) -> str:
    """Return the plan as text: one line of canonical JSON."""
    return canonical_json(asdict(plan)) + "\n"


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
