"""Dataclasses that are finished when they are first used are dataclasses."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from listlint.slotted import field, replace, slotted


@slotted(frozen=True, slots=True)
class Shelf:
    """A frozen one, with a default."""

    name: str
    items: tuple[str, ...] = ()


@slotted(slots=True)
class Basket:
    """One that changes, with a factory."""

    owner: str
    items: list[str] = field(default_factory=list)


@slotted(slots=True, eq=False)
class Token:
    """One that is equal to itself only."""

    name: str


def test_it_is_known_as_a_dataclass_before_there_is_one() -> None:
    @slotted(frozen=True, slots=True)
    class Fresh:
        name: str
        size: int = 3

    assert is_dataclass(Fresh)
    assert [(f.name, f.type) for f in fields(Fresh)] == [("name", "str"), ("size", "int")]
    assert Fresh("a") == Fresh("a", 3)


def test_equality_hash_and_shown_form_are_those_of_its_fields() -> None:
    assert Shelf("a", ("x",)) == Shelf("a", ("x",)) != Shelf("a")
    assert len({Shelf("a"), Shelf("a"), Shelf("b")}) == 2
    assert repr(Shelf("a")) == "Shelf(name='a', items=())"
    assert Basket("me") == Basket("me", [])
    assert Basket("me").items is not Basket("me").items
    assert Token("a") != Token("a")
    with pytest.raises(TypeError):
        hash(Basket("me"))


def test_a_frozen_one_can_only_be_replaced() -> None:
    shelf = Shelf("a")
    with pytest.raises(FrozenInstanceError):
        shelf.name = "b"  # type: ignore[misc]
    assert replace(shelf, name="b") == Shelf("b")
    assert not hasattr(shelf, "__dict__")


@pytest.mark.parametrize("item", [Shelf("a", ("x",)), Basket("me", ["y"])])
def test_it_is_copied_and_pickled(item: object) -> None:
    assert copy.deepcopy(item) == item
    assert pickle.loads(pickle.dumps(item)) == item


def test_one_from_another_process_is_the_first_of_its_kind_here() -> None:
    code = (
        "import pickle, sys; from listlint.model import Location\n"
        "a, b = pickle.loads(sys.stdin.buffer.read())\n"
        "print(a == b, repr(a), hash(a) == hash(b))"
    )
    from listlint.model import Location

    data = pickle.dumps((Location("x.csv", row=2), Location("x.csv", row=2)))
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    said = done.stdout.decode()
    assert said.startswith("True Location(path='x.csv', sheet=None, row=2")
    assert said.split()[-1] == "True"
