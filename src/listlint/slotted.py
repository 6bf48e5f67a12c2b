"""Dataclasses whose methods are written when the first object is made.

`dataclasses.dataclass` writes and compiles six methods a class, half a millisecond each time: for a
hundred classes as much as a short file's whole check. Here a class with slots gets them from
`dataclasses.dataclass` all the same, but only when something needs them.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

__all__ = ["slotted"]

if TYPE_CHECKING:
    from dataclasses import dataclass as slotted
else:

    def slotted(
        *, frozen: bool = False, slots: bool = False, eq: bool = True
    ) -> Callable[[type[T]], type[T]]:
        """`dataclasses.dataclass` with these options; the class decorated may be left unfinished."""

        def decorate(plain: type[T]) -> type[T]:
            if not slots:
                return dataclasses.dataclass(frozen=frozen, eq=eq)(plain)
            make = dataclasses.dataclass(frozen=frozen, slots=True, eq=eq)
            return _unfinished(plain, make, _FROZEN if frozen else _METHODS)

        return decorate


_METHODS = ("__init__", "__eq__", "__repr__", "__hash__")
_FROZEN = (*_METHODS, "__setstate__")
_TAKEN = (
    *_FROZEN, "__getstate__", "__setattr__", "__delattr__", "__match_args__",
    "__dataclass_fields__", "__dataclass_params__",
)  # fmt: skip


class _Fields:
    """Stands for `__dataclass_fields__` until somebody asks for it."""

    def __init__(self, finish: Callable[[], None]) -> None:
        self._finish = finish

    def __get__(self, item: object, kind: type[Any]) -> Any:
        self._finish()
        return kind.__dataclass_fields__


def _unfinished(
    plain: type[Any], make: Callable[[type[Any]], type[Any]], methods: Sequence[str]
) -> type[Any]:
    """`plain` with slots, and in the place of each of `methods` what has them written."""
    names = list(inspect.get_annotations(plain))
    space = {k: v for k, v in plain.__dict__.items() if k not in names}
    for name in ("__dict__", "__weakref__"):
        space.pop(name, None)
    inherited = {s for base in plain.__mro__[1:-1] for s in getattr(base, "__slots__", ())}
    space["__slots__"] = tuple(n for n in names if n not in inherited)
    left: type[Any]

    def finish() -> None:
        made = make(plain)
        for name in _TAKEN:
            if name in made.__dict__:
                setattr(left, name, made.__dict__[name])
            elif name in stubs:
                delattr(left, name)

    def stub(name: str) -> Callable[..., Any]:
        def method(self: Any, *args: Any, **values: Any) -> Any:
            finish()
            return getattr(left, name)(self, *args, **values)

        return method

    stubs = [name for name in methods if name not in plain.__dict__]
    space.update({name: stub(name) for name in stubs})
    space["__dataclass_fields__"] = _Fields(finish)
    kind: Any = type(plain)
    left = kind(plain.__name__, plain.__bases__, space)
    return left
