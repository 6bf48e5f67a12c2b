"""Terms of kept packs, found by the words of a text: no automaton of all terms is built.

Every anchor is filed under a part that a text which holds it must hold: its rarest whole word, the
first three letters of a word that goes on, or its rarest pair of characters where one is not ASCII.
`file_anchors` files them; `KeptTerms` looks a text's own words up and then searches the text for the
few anchors that may stand there. What it finds is what `AllTerms` finds, under other numbers.
Much text is searched for all anchors at once (`ManyKeptTerms`); of terms only those are read that are
met.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from listlint.later import expression
from listlint.match.index import AnchorIndex
from listlint.match.syntax import Term
from listlint.match.words import SUSPECT, Want, turned_names
from listlint.text.backwards import contacts, mirrored
from listlint.text.unmask import MIN_WORD, Vocabulary

if TYPE_CHECKING:
    from listlint.kept.blocks import Blocks

PLAIN, MIRRORED, APART = range(3)
"""How an anchor stands for its term: as it is, backwards, or as a sign of it taken apart."""
ANYWHERE = "*"
_STEM = 3
_POSITIONS = 1 << 20
"""More terms than a rule can have."""
_WHOLE = expression(r"(?<= )[^ ]+(?= )")

Owner = list[int]
"""[number of the rule among all of the packs, position of the term in it]"""


def file_anchors(anchors: Mapping[str, list[Any]]) -> dict[str, list[list[Any]]]:
    """Key → the anchors filed there, each as [anchor, *references]."""
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for anchor in anchors:
        words.update(_WHOLE.findall(anchor))
        pairs.update(_pairs(anchor))
    filed: dict[str, list[list[Any]]] = {}
    for anchor, references in anchors.items():
        key = min(
            _keys_for(anchor),
            key=lambda k: (words[k], -len(k), k) if k[0] != "~" else (pairs[k[1:]], 0, k),
        )
        filed.setdefault(key, []).append([anchor, *references])
    return filed


def _keys_for(anchor: str) -> Collection[str]:
    """The keys that an anchor may be filed under."""
    whole = _WHOLE.findall(anchor)
    if whole:
        return set(whole)
    if anchor.isascii():
        stem = anchor.strip()[:_STEM]
        return (f"^{stem}" if anchor[0] == " " and len(stem) == _STEM else ANYWHERE,)
    return {f"~{pair}" for pair in _pairs(anchor) or (anchor,)}


def keys_of(words: Iterable[str]) -> Iterator[str]:
    """The keys of all anchors that may stand in a text of these words."""
    yield ANYWHERE
    pairs: set[str] = set()
    stems: set[str] = set()
    for word in words:
        yield word
        stems.add(word[:_STEM])
        if not word.isascii():
            pairs |= _pairs(f" {word} ")
            pairs.update(word)
    yield from ("^" + stem for stem in stems)
    yield from ("~" + pair for pair in pairs)


def _pairs(text: str) -> set[str]:
    return {p for p in map("".join, pairwise(text)) if not p.isascii()}


class KeptTerms:
    """The terms of the chosen rules of kept packs. `slots`: number of a rule → of its want."""

    mirrored = 1 << 60

    def __init__(self, blocks: Blocks, slots: Mapping[int, int], wants: Sequence[Want]) -> None:
        self._blocks = blocks
        self._slots = slots
        self._wants = wants
        self._terms: dict[int, Term] = {}
        self._of: dict[int, tuple[int, tuple[int, ...]]] = {}
        """Number → the term's number in the file, and its owners."""

    @cached_property
    def vocabulary(self) -> KeptVocabulary:
        """The words worth unmasking."""
        return KeptVocabulary(self._blocks, self._slots, self._wants)

    def scan(self, data: bytes) -> Iterator[tuple[int, int]]:
        """See `Lookup`."""
        text = data.decode("utf-8", "surrogatepass")
        words = set(text.split())
        anchors = turned_names() if not mirrored().isdisjoint(words) else []
        asked: dict[str, list[Any]] = {}
        for key in keys_of(words):
            for rows in self._blocks.every(key):
                for anchor, *references in rows:
                    if words.issuperset(_WHOLE.findall(anchor)):
                        asked.setdefault(anchor, []).extend(references)
        for anchor, references in asked.items():
            anchors += [(anchor, n) for n in self._numbers(references)]
        return AnchorIndex(anchors).scan_bytes(data)

    def term(self, number: int) -> Term:
        """See `Lookup`."""
        term = self._terms.get(number)
        if term is None:
            text, lang, *ready = self._blocks.get(f"#{self._of[number][0]}")
            term = self._terms[number] = Term.ready(text, lang, *ready)
        return term

    def owners(self, number: int) -> Sequence[int]:
        """See `Lookup`."""
        return self._of[number][1]

    def many(self) -> ManyKeptTerms:
        """The same for much text."""
        return ManyKeptTerms(self._blocks, self._slots, self._wants)

    def _numbers(self, references: Iterable[Any]) -> list[int]:
        """What an anchor stands for: terms as they are, then backwards, then a mere suspicion."""
        plain: list[int] = []
        mirrored: list[int] = []
        suspect = False
        for identity, how, owners in references:
            found = number_of(owners, self._slots)
            if found is None:
                continue
            number, slots = found
            self._of[number] = (identity, slots)
            if how == PLAIN:
                plain.append(number)
            elif how == MIRRORED:
                if any(self._wants[k].backwards for k in slots):
                    mirrored.append(self.mirrored + number)
            else:
                suspect = suspect or any(self._wants[k].evasion for k in slots)
        if plain:
            mirrored = []  # a word that is another one backwards
        return sorted(plain) + sorted(mirrored) + [SUSPECT] * suspect


class ManyKeptTerms(KeptTerms):
    """The same, with one automaton for the anchors of all packs."""

    @cached_property
    def _index(self) -> AnchorIndex:
        layers = [text for text in self._blocks.sections("anchors") if text]
        # Without an object for each: there are some 200,000, and few are met.
        anchors: list[bytes] = "\n".join(layers).encode("utf-8", "surrogatepass").split(b"\n")
        if len(layers) != 1:
            anchors = list(filter(None, dict.fromkeys(anchors)))
        asked = _Asked(anchors, self._ask)
        turned = turned_names()
        asked.update((len(anchors) + n, (owner,)) for n, (_, owner) in enumerate(turned))
        return AnchorIndex.of([*anchors, *(anchor.encode() for anchor, _ in turned)], asked)

    def _ask(self, anchor: str) -> list[int]:
        """The numbers of what the anchor stands for, in all layers."""
        references = [
            reference
            for key in _keys_for(anchor)
            for rows in self._blocks.every(key)
            for found, *mine in rows
            if found == anchor
            for reference in mine
        ]
        return self._numbers(references)

    def scan(self, data: bytes) -> Iterator[tuple[int, int]]:
        """See `Lookup`."""
        return self._index.scan_bytes(data)


class _Asked(dict[int, Sequence[int]]):
    """Who asks for an anchor, by its number, looked up when it is met first."""

    def __init__(self, anchors: Sequence[bytes], ask: Callable[[str], Sequence[int]]) -> None:
        super().__init__()
        self._anchors = anchors
        self._ask = ask

    def __missing__(self, number: int) -> Sequence[int]:
        found = self[number] = self._ask(self._anchors[number].decode())
        return found


def number_of(
    owners: Iterable[Owner], slots: Mapping[int, int]
) -> tuple[int, tuple[int, ...]] | None:
    """A term's number, by where it is met first among the chosen rules, and the wants that have it."""
    places = [(slots[rule], at) for rule, at in owners if rule in slots]
    if not places:
        return None
    slot, at = min(places)
    return slot * _POSITIONS + at, tuple(sorted(k for k, _ in places))


def vocabulary_entries(
    terms: Sequence[Term], owners: Sequence[Sequence[Owner]], evasive: frozenset[int]
) -> dict[str, Any]:
    """The words worth unmasking by key: `=word` → {what it is read as: [owners of each term that
    says so]}, `+stem` → rules. `evasive`: numbers of the rules that look for disguises."""
    plain: dict[str, dict[str, list[Any]]] = {}
    stems: dict[str, set[int]] = {}
    for term, mine in zip(terms, owners, strict=True):
        rules = evasive.intersection(rule for rule, _ in mine)
        if not rules:
            continue
        one = Vocabulary([(term.text, term.word)])
        for word, read in one.words.items():
            plain.setdefault(word, {}).setdefault(read, []).append(mine)
        for stem in one.stems:
            stems.setdefault(stem, set()).update(rules)
    found: dict[str, Any] = {f"+{stem}": sorted(rules) for stem, rules in stems.items()}
    for word, readings in plain.items():
        if len(readings) == 1:
            # Any of the rules will do.
            (read,) = readings
            rules = evasive.intersection(rule for mine in readings[read] for rule, _ in mine)
            found[f"={word}"] = [read, sorted(rules)]
        else:
            found[f"={word}"] = readings
    return found


class KeptVocabulary(Vocabulary):
    """`Vocabulary` of the chosen rules, looked up word by word."""

    def __init__(self, blocks: Blocks, slots: Mapping[int, int], wants: Sequence[Want]) -> None:
        super().__init__(())
        self._blocks = blocks
        self._slots = slots
        self._evasive = frozenset(rule for rule, slot in slots.items() if wants[slot].evasion)
        self.cjk = any(not self._evasive.isdisjoint(rules) for rules in blocks.sections("cjk"))
        self._known: dict[str, str | None] = {}
        self._begins: dict[str, bool] = {}

    def _read(self, word: str) -> str | None:
        if word not in self._known:
            self._known[word] = self._look(word)
        return self._known[word]

    def _look(self, word: str) -> str | None:
        readings = list(self._readings(word))
        if not readings:
            return word if word in contacts() else None
        said = [
            (found[0], reading)
            for reading, owners in readings
            if not self._evasive.isdisjoint(rule for rule, _ in owners)
            and (found := number_of(owners, self._slots)) is not None
        ]
        # The term that comes last has its say.
        return max(said, key=itemgetter(0))[1] if said else None

    def _readings(self, word: str) -> Iterator[tuple[str, Sequence[Owner]]]:
        """What the word is read as, and the owners of each term that says so."""
        for entry in self._blocks.every(f"={word}"):
            if isinstance(entry, list):
                # Of a word with one reading only its rules are known, not which of their terms.
                yield from ((entry[0], [[rule, 0]]) for rule in entry[1])
                continue
            for reading, terms in entry.items():
                yield from ((reading, owners) for owners in terms)

    def _is_stem(self, begin: str) -> bool:
        known = self._begins.get(begin)
        if known is None:
            found = self._blocks.every(f"+{begin}")
            known = any(not self._evasive.isdisjoint(rules) for rules in found)
            self._begins[begin] = known
        return known


assert MIN_WORD > _STEM
