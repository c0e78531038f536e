"""Rows and inventory become intent, intent becomes configuration. Pure: no I/O, no clock."""

from automation.render.intents import device_intent, intents
from automation.render.renderer import Renderer, Templates

__all__ = ["Renderer", "Templates", "device_intent", "intents"]
