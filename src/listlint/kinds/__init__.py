"""The kinds of policy rules: few engines, written once; a rule of a kind is only data."""
