"""The only place that speaks SQL; what goes in and out are values of `automation.model`."""

from automation.store.store import Store

__all__ = ["Store"]
