"""Dataclasses whose methods are written when many objects are made, or when something asks for them.

`dataclasses.dataclass` writes and compiles up to seven methods a class, and its module loads
`inspect`: with some fifty classes a quarter of what a short file's whole check takes. Here the first
few objects of a class are made field by field by one plain function for all classes; everything else
(comparing, hashing, showing, pickling, `fields`, the next objects) is what `dataclasses` makes of the
class. `field` and `replace` are those of `dataclasses`, as far as they are used here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=type[Any])

__all__ = ["field", "replace", "slotted"]

FEW = 3_000
"""Objects from which on a class is worth finishing."""


class _Field:
    """Stands for `dataclasses.field` with these values until the class is finished."""

    def __init__(self, **values: Any) -> None:
        self.values = values
        self.is_later = values.get("init") is False

    def made(self) -> Any:
        """The value of an object that is not given one."""
        factory = self.values.get("default_factory")
        return self.values["default"] if factory is None else factory()


if TYPE_CHECKING:
    from dataclasses import dataclass as slotted
    from dataclasses import field, replace
else:

    def slotted(
        *, frozen: bool = False, slots: bool = False, eq: bool = True
    ) -> Callable[[type[T]], type[T]]:
        """`dataclasses.dataclass` with these options; the class decorated is left unfinished."""

        def decorate(plain: type[T]) -> type[T]:
            return _unfinished(plain, frozen=frozen, slots=slots, eq=eq)

        return decorate

    field = _Field

    def replace(item: T, /, **changes: Any) -> T:
        """A copy of `item` with these changes."""
        kind = type(item)
        for name in kind.__match_args__:
            if name not in changes:
                changes[name] = getattr(item, name)
        return kind(**changes)


_TAKEN = (
    "__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__getstate__",
    "__setstate__", "__replace__", "__match_args__", "__dataclass_fields__", "__dataclass_params__",
)  # fmt: skip
_put = object.__setattr__


class _Fields:
    """Stands for `__dataclass_fields__` until somebody asks for it."""

    def __init__(self, finish: Callable[[], None]) -> None:
        self._finish = finish

    def __get__(self, item: object, kind: type[Any]) -> Any:
        self._finish()
        return kind.__dataclass_fields__


def _unfinished(plain: type[Any], *, frozen: bool, slots: bool, eq: bool) -> type[Any]:
    """`plain` (with slots, if asked for), and in the place of its methods what has them written."""
    own = list(plain.__annotations__)
    said = {name: plain.__dict__[name] for name in own if name in plain.__dict__}
    foreign = any(type(value).__module__ == "dataclasses" for value in said.values())
    if foreign or hasattr(plain.__base__, "__match_args__"):
        raise TypeError(f"{plain.__name__}: only fields of its own, by the `field` of this module")
    stubs = ["__repr__", *["__eq__"] * eq, *["__hash__"] * eq]
    if frozen:
        stubs += ["__setattr__", "__delattr__", *["__getstate__", "__setstate__"] * slots]
    stubs = [name for name in stubs if name not in plain.__dict__]

    def finish() -> None:
        import dataclasses

        for name in ("__init__", *stubs, "__dataclass_fields__"):
            if not slots and name in left.__dict__:
                delattr(left, name)
        for name, value in said.items():
            if isinstance(value, _Field):
                setattr(plain, name, dataclasses.field(**value.values))
            elif not slots:
                setattr(plain, name, value)
        made: Any = dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq)(plain)
        for name in _TAKEN if slots else ():
            if name in made.__dict__:
                setattr(left, name, made.__dict__[name])
            elif name in stubs:
                delattr(left, name)

    def stub(name: str) -> Callable[..., Any]:
        def method(self: Any, *args: Any, **values: Any) -> Any:
            finish()
            return getattr(left, name)(self, *args, **values)

        return method

    names = [n for n in own if not (isinstance(said.get(n), _Field) and said[n].is_later)]
    space: dict[str, Any] = {name: stub(name) for name in stubs}
    space["__init__"] = _first(names, said, finish, lambda: left.__init__)
    space["__match_args__"] = tuple(names)
    space["__dataclass_fields__"] = _Fields(finish)
    left: type[Any]
    if not slots:
        left = plain
        for name in said:
            delattr(plain, name)
        for name, value in space.items():
            setattr(plain, name, value)
        return plain
    inherited = {s for base in plain.__mro__[1:-1] for s in getattr(base, "__slots__", ())}
    kept = {k: v for k, v in plain.__dict__.items() if k not in {*own, "__dict__", "__weakref__"}}
    space["__slots__"] = tuple(n for n in own if n not in inherited)
    kind: Any = type(plain)
    left = kind(plain.__name__, plain.__bases__, {**kept, **space})
    return left


def _first(
    names: Sequence[str],
    said: Mapping[str, Any],
    finish: Callable[[], None],
    written: Callable[[], Any],
) -> Callable[..., None]:
    """`__init__` of the first `FEW` objects; `written` gives that of the finished class."""
    made = 0

    def init(self: Any, *args: Any, **values: Any) -> None:
        nonlocal made
        made += 1
        given = {**dict(zip(names, args, strict=False)), **values}
        missing = [n for n in names if n not in given]
        wrong = len(given) + len(missing) > len(names) or len(given) < len(args) + len(values)
        if made > FEW or wrong or any(n not in said for n in missing):
            finish()  # what is written says what is wrong
            written()(self, *args, **values)
            return
        for name in missing:
            value = said[name]
            if isinstance(value, _Field):
                value = value.made()
            given[name] = value
        for name, value in given.items():
            _put(self, name, value)
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    return init
