"""Names written almost right: one letter off (two in long names), and no ordinary word.

Against a deletes index (each name with one letter left out, long names with two) a word costs a few
look-ups whatever the number of names. Only a question is asked here; whether the neighbours point
the same way is the rule's to say.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import combinations

SHORTEST = 5
"""Names with fewer letters have too many honest neighbours."""
LONG = 9
"""From this length two letters may be off."""
LONGEST = 24
"""Longest word that two letters may be off in; longer ones are compounds."""
MOST_WORDS = 3
"""Words of a name that is looked for misspelt."""
_ENDINGS = frozenset(("s", "es", "d", "ed", "ing", "ly"))

Part = tuple[str, int]
"""A name, and which of its words."""


def _deletions(word: str) -> set[str]:
    return {word, *(word[:k] + word[k + 1 :] for k in range(len(word)))}


def _pair_deletions(word: str) -> set[str]:
    return {
        word[:a] + word[a + 1 : b] + word[b + 1 :] for a, b in combinations(range(len(word)), 2)
    }


def _off(word: str, name: str, most: int) -> int:
    """How many letters are off; more than `most` is not counted."""
    from rapidfuzz.distance import OSA

    return int(OSA.distance(word, name, score_cutoff=most))


def _undoubled(word: str) -> str:
    """The word with each run of one letter made one letter."""
    return "".join(a for a, b in zip(word, f" {word}", strict=False) if a != b)


def near(word: str, name: str) -> bool:
    """Whether `word` is `name` misspelt. Whoever gets two letters wrong gets the first one right."""
    known = word[0] == name[0] and abs(len(word) - len(name)) < 2
    most = 2 if len(name) >= LONG and known else 1
    return word != name and _off(word, name, most) <= most


class NearNames:
    """Finds misspellings of `names` (folded, words apart by one space) among tokens.

    `ordinary` are words that are no misspelling of anything.
    """

    def __init__(self, names: Iterable[str], ordinary: Iterable[str]) -> None:
        self._ordinary = frozenset(ordinary)
        self.words: dict[str, set[str]] = {}
        self.parts: dict[str, set[Part]] = {}
        self.solid: dict[str, str] = {}
        """Names of several words, by how they are written without blanks."""
        self.exact: set[str] = set()
        self._shapes: set[tuple[str, int]] = set()
        for name in names:
            tokens = name.split()
            if not name.isascii() or not tokens:
                continue
            self.exact.add(name)
            if len(tokens) == 1:
                self._add_word(name, SHORTEST)
                continue
            solid = "".join(tokens)
            if solid not in self.solid:
                self.solid[solid] = name
                self._add_word(solid, LONG)
            if len(tokens) <= MOST_WORDS and len(name) >= LONG:
                # The longest word of the name tells that it may stand here.
                at = max(range(len(tokens)), key=lambda k: len(tokens[k]))
                if len(tokens[at]) >= SHORTEST:
                    for form in _deletions(tokens[at]):
                        self.parts.setdefault(form, set()).add((name, at))
        self._fine: set[str] = set()
        self._single: dict[str, str] = {}
        self._inside: dict[str, tuple[Part, ...]] = {}

    def _add_word(self, name: str, shortest: int) -> None:
        if len(name) < shortest:
            return
        self.exact.add(name)
        forms = _deletions(name)
        if LONG <= len(name) <= LONGEST:
            forms |= _pair_deletions(name)
            self._shapes.update((name[0], len(name) + k) for k in (-1, 0, 1))
        for form in forms:
            self.words.setdefault(form, set()).add(name)

    def suspects(self, words: Iterable[str]) -> set[str]:
        """Those of `words` that could be part of a misspelling; the rest need no look."""
        unknown = set(words) - self._fine
        for word in unknown:
            if word not in self._single and word not in self._inside:
                self._learn(word)
        return unknown - self._fine

    def find(self, tokens: Sequence[str], suspects: Container[str]) -> list[tuple[int, int, str]]:
        """(first token, how many, name) of each misspelling; `suspects` are the tokens to look at."""
        found = []
        for k, token in enumerate(tokens):
            if token not in suspects:
                continue
            name = self._single.get(token)
            if name is not None:
                found.append((k, 1, name))
            for full, at in self._inside.get(token, ()):
                words = full.split()
                first = k - at
                if first >= 0 and self._nearly(tokens[first : first + len(words)], words):
                    found.append((first, len(words), full))
        return found

    def _nearly(self, tokens: Sequence[str], words: Sequence[str]) -> bool:
        """Whether the tokens are the words of a name misspelt, and not another form of them."""
        if len(tokens) != len(words) or self._is_exact(" ".join(tokens)):
            return False
        off = 0
        for token, word in zip(tokens, words, strict=True):
            if token == word:
                continue
            if token in self._ordinary or word == f"{token}s":
                return False
            if token.startswith(word) and token[len(word) :] in _ENDINGS:
                return False
            # Of a word of three letters one wrong leaves nothing to know it by, one doubled does.
            known = len(word) > 3 or _undoubled(token) == word
            most = 2 if len(word) >= LONG else int(known)
            distance = _off(token, word, most)
            if distance > most:
                return False
            off += distance
        return 0 < off <= 2

    def _is_exact(self, name: str) -> bool:
        return name in self.exact

    def _may_be_two_off(self, token: str) -> bool:
        """Whether a long name has the first letter of `token` and about as many: see `near`."""
        return (token[0], len(token)) in self._shapes

    def _whole(self, name: str) -> str:
        """The name that is written `name`, with its blanks."""
        return self.solid.get(name, name)

    def _near_to(self, forms: Iterable[str]) -> tuple[set[str], set[Part]]:
        """Single names, and parts of names, of which a form is one of `forms`."""
        forms = tuple(forms)
        words = {n for f in forms for n in self.words.get(f, ())}
        return words, {p for f in forms for p in self.parts.get(f, ())}

    def _learn(self, token: str) -> None:
        if len(self._fine) > 500_000:
            self._fine.clear()
        useful = False
        if token.isascii() and token.isalpha():
            words, parts = self._near_to(_deletions(token))
            ordinary = token in self._ordinary
            if not ordinary and self._may_be_two_off(token):
                words |= self._near_to(_pair_deletions(token))[0]
            if words and not ordinary and len(token) >= SHORTEST - 1 and not self._is_exact(token):
                close = [(_off(token, n, 2), n) for n in words if self._is_near(token, n)]
                if close:
                    self._single[token] = self._whole(min(close)[1])
                    useful = True
            if not useful and not ordinary and len(token) > SHORTEST and not self._is_exact(token):
                useful = self._doubled(token)
            if parts:
                self._inside[token] = tuple(sorted(parts))
                useful = True
        if not useful:
            self._fine.add(token)

    def _doubled(self, token: str) -> bool:
        """Whether a name comes out when doubled letters are made one (`Addiddas`); it is kept."""
        plain = _undoubled(token)
        if plain == token or len(plain) < SHORTEST:
            return False
        names = [n for n in self._near_to((plain,))[0] if _undoubled(n) == plain]
        if names:
            self._single[token] = self._whole(min(names))
        return bool(names)

    def _is_near(self, token: str, name: str) -> bool:
        if self._whole(name) == name:
            return near(token, name)
        # Two letters less may be the name without a short word of it (`valencia cf`).
        return token[0] == name[0] and _off(token, name, 1) == 1
