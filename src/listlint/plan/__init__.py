"""`listlint plan`: a plan of action drafted from findings. Nothing in it is said to be done."""

from __future__ import annotations

from listlint.plan.draft import Facts, draft
from listlint.plan.items import Checked, Item, PlanError, checked, is_report, read_report
from listlint.plan.reasons import load_reasons
from listlint.plan.show import FORMATS

__all__ = [
    "FORMATS",
    "Checked",
    "Facts",
    "Item",
    "PlanError",
    "checked",
    "draft",
    "is_report",
    "load_reasons",
    "read_report",
]
