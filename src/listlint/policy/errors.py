"""What can be wrong with policies, in words that name the file, the rule and the key."""

from __future__ import annotations


class PolicyError(Exception):
    """A policy that can't be used. The message is one line a compliance officer can act on."""
