"""YAML and CSV become model values: who and where, and what each port is for."""

from automation.inventory import ports_csv
from automation.inventory.loading import load
from automation.inventory.selection import KEYS, select
from automation.inventory.store_check import check_store

__all__ = ["KEYS", "check_store", "load", "ports_csv", "select"]
