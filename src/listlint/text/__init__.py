"""Seeing text as a reviewer does: folding with a way back, and unmasking of disguises."""
