"""listlint: the compliance linter a marketplace seller runs before listing."""

__version__ = "0.1.0"
