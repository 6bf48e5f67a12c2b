"""Mending files: which cells change and how, written without touching anything else."""

from listlint.fix.apply import Outcome, fix_report
from listlint.fix.plan import CellChange, plan

__all__ = ["CellChange", "Outcome", "fix_report", "plan"]
