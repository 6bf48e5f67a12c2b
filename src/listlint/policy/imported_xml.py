"""The records of an XML list as the same plain data that JSON gives.

Read with expat; entities that a document declares are refused, so there is nothing to expand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from listlint.policy.errors import PolicyError

_MAX_DEPTH = 60
_TEXT = ""
"""Key of an element's own text beside its children's."""

Element = dict[str, Any]


def records(path: Path, text: str, is_entry: Callable[[Iterable[str]], bool]) -> list[Element]:
    """The outermost elements whose children (or attributes) are what `is_entry` looks for.

    Raises `PolicyError` with the line where the XML breaks off or declares entities.
    """
    root = _tree(path, text)
    found: list[Element] = []
    _collect(root, is_entry, found)
    return found or [root]


def _collect(
    element: Element, is_entry: Callable[[Iterable[str]], bool], into: list[Element]
) -> None:
    names = [name for name, value in element.items() if not isinstance(value, dict)]
    if is_entry(names):
        into.append(element)
        return
    for value in element.values():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, dict):
                _collect(child, is_entry, into)


def _tree(path: Path, text: str) -> Element:
    """The outermost element: name of a child → its text or element, a list where several have it."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    stack: list[Element] = [{}]

    def refuse(*_: object) -> NoReturn:
        raise PolicyError(f"{path}: the XML declares entities; download the file again")

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > _MAX_DEPTH:
            raise PolicyError(f"{path}: XML nested too deep; is it the right file?")
        stack.append({key: value for key, value in attributes.items() if ":" not in key})

    def end(name: str) -> None:
        element = stack.pop()
        said = element.pop(_TEXT, "").strip()
        value: Any = element or said
        if element and said:
            value = {**element, "text": said}
        local = name.rpartition(":")[2]
        held = stack[-1].get(local)
        if held is None:
            stack[-1][local] = value
        elif isinstance(held, list):
            held.append(value)
        else:
            stack[-1][local] = [held, value]

    def data(said: str) -> None:
        stack[-1][_TEXT] = stack[-1].get(_TEXT, "") + said

    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = data
    try:
        # The text is decoded already, whatever the declaration says.
        parser.Parse(text.lstrip().encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise PolicyError(
            f"{path}: row {error.lineno}: not valid XML ({expat.ErrorString(error.code)}); "
            "download the file again"
        ) from None
    return stack[0]
