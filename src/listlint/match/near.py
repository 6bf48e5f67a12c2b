"""Names written almost right: one letter off (two in long names), and no ordinary word.

Against a deletes index (each name with one letter left out) a word costs a few look-ups whatever
the number of names. Only a question is asked here; whether the neighbours point the same way is the
rule's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

SHORTEST = 5
"""Names with fewer letters have too many honest neighbours."""
LONG = 9
"""From this length two letters may be off."""


def _deletions(word: str) -> set[str]:
    return {word, *(word[:k] + word[k + 1 :] for k in range(len(word)))}


def near(word: str, name: str) -> bool:
    """Whether `word` is `name` misspelt."""
    most = 2 if len(name) >= LONG else 1
    return word != name and OSA.distance(word, name, score_cutoff=most) <= most


class NearNames:
    """Finds misspellings of `names` (folded, words apart by one space) among tokens.

    `ordinary` are words that are no misspelling of anything.
    """

    def __init__(self, names: Iterable[str], ordinary: Iterable[str]) -> None:
        self._ordinary = frozenset(ordinary)
        self._words: dict[str, set[str]] = {}
        self._firsts: dict[str, set[str]] = {}
        self._exact: set[str] = set()
        for name in names:
            tokens = name.split()
            if not name.isascii() or not tokens:
                continue
            self._exact.add(name)
            if len(tokens) == 1 and len(name) >= SHORTEST:
                for form in _deletions(name):
                    self._words.setdefault(form, set()).add(name)
            elif len(tokens) == 2 and len(tokens[0]) >= SHORTEST and len(name) >= LONG:
                for form in _deletions(tokens[0]):
                    self._firsts.setdefault(form, set()).add(name)
        self._fine: set[str] = set()
        self._single: dict[str, str] = {}
        self._leads: dict[str, tuple[str, ...]] = {}

    def suspects(self, words: Iterable[str]) -> set[str]:
        """Those of `words` that could begin a misspelling; the rest need no look."""
        unknown = set(words) - self._fine
        for word in unknown:
            if word not in self._single and word not in self._leads:
                self._learn(word)
        return unknown - self._fine

    def find(self, tokens: Sequence[str]) -> list[tuple[int, int, str]]:
        """(first token, how many, name) of each misspelling."""
        if not self.suspects(tokens):
            return []
        found = []
        for k, token in enumerate(tokens):
            name = self._single.get(token)
            if name is not None:
                found.append((k, 1, name))
            for full in self._leads.get(token, ()):
                if k + 1 < len(tokens):
                    pair = f"{token} {tokens[k + 1]}"
                    if pair not in self._exact and near(pair, full):
                        found.append((k, 2, full))
        return found

    def _learn(self, token: str) -> None:
        if len(self._fine) > 500_000:
            self._fine.clear()
        useful = False
        if token.isascii() and token.isalpha():
            forms = _deletions(token)
            if (
                len(token) >= SHORTEST - 1
                and token not in self._ordinary
                and token not in self._exact
            ):
                names = sorted({n for f in forms for n in self._words.get(f, ()) if near(token, n)})
                if names:
                    self._single[token] = names[0]
                    useful = True
            leads = tuple(sorted({n for f in forms for n in self._firsts.get(f, ())}))
            if leads:
                self._leads[token] = leads
                useful = True
        if not useful:
            self._fine.add(token)
