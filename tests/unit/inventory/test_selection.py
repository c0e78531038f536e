"""What `-l` chooses, and that a slip of the finger never chooses anything."""

from __future__ import annotations

import pytest

from automation.errors import UsageError
from automation.inventory import select
from automation.model import Inventory

CHOSEN = [
    ("sw-1", ["sw-1"]),
    ("sw-3,sw-1", ["sw-1", "sw-3"]),
    ("sw-*", ["sw-1", "sw-2", "sw-3"]),
    ("sw-[12]", ["sw-1", "sw-2"]),
    ("estate=city", ["sw-1", "sw-2"]),
    ("site=varvet", ["sw-1", "sw-3"]),
    ("site=varvet,site=hamnen", ["sw-1", "sw-2", "sw-3"]),
    ("site=varvet,estate=mkb", ["sw-3"]),
    ("role=access,platform=os_a", ["sw-1", "sw-2"]),
    ("model=b*", ["sw-3"]),
    ("!sw-1", ["sw-2", "sw-3"]),
    ("estate=city,!site=hamnen", ["sw-1"]),
    (" sw-1 , ! sw-2 ", ["sw-1"]),
]


@pytest.mark.parametrize(("limit", "names"), CHOSEN)
def test_chosen(limit: str, names: list[str], inventory: Inventory) -> None:
    assert [device.name for device in select(inventory.devices.values(), limit)] == names


REFUSED = [
    ("", "limit has an empty term; expected a name, a glob or key=value"),
    ("sw-1,", "limit has an empty term; expected a name, a glob or key=value"),
    ("!", "limit has an empty term; expected a name, a glob or key=value"),
    ("site=", "limit has an empty term; expected a name, a glob or key=value"),
    (
        "colour=red",
        "limit has unknown key 'colour'; there are: estate, role, platform, site, model",
    ),
    ("sw-1,sw-9", "limit 'sw-9' matches no device; there are: sw-1, sw-2, sw-3"),
    ("!sw-9", "limit '!sw-9' matches no device; there are: sw-1, sw-2, sw-3"),
    ("site=malmo", "limit 'site=malmo' matches no device; there are: hamnen, varvet"),
    ("estate=mkb,site=hamnen", "limit 'estate=mkb,site=hamnen' leaves no device of 3"),
    ("sw-1,!sw-*", "limit 'sw-1,!sw-*' leaves no device of 3"),
]


@pytest.mark.parametrize(("limit", "said"), REFUSED)
def test_refused(limit: str, said: str, inventory: Inventory) -> None:
    with pytest.raises(UsageError) as raised:
        select(inventory.devices.values(), limit)
    assert str(raised.value) == said
