"""Policies are data: reading packs, compiling them, and the kinds that run them."""
