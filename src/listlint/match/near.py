"""Names written almost right: one letter off (two in long names), and no ordinary word.

Against a deletes index (each name with one letter left out) a word costs a few look-ups whatever
the number of names. Only a question is asked here; whether the neighbours point the same way is the
rule's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

SHORTEST = 5
"""Names with fewer letters have too many honest neighbours."""
LONG = 9
"""From this length two letters may be off."""


def _deletions(word: str) -> set[str]:
    return {word, *(word[:k] + word[k + 1 :] for k in range(len(word)))}


def near(word: str, name: str) -> bool:
    """Whether `word` is `name` misspelt."""
    from rapidfuzz.distance import OSA

    most = 2 if len(name) >= LONG else 1
    return word != name and OSA.distance(word, name, score_cutoff=most) <= most


class NearNames:
    """Finds misspellings of `names` (folded, words apart by one space) among tokens.

    `ordinary` are words that are no misspelling of anything.
    """

    def __init__(self, names: Iterable[str], ordinary: Iterable[str]) -> None:
        self._ordinary = frozenset(ordinary)
        self.words: dict[str, set[str]] = {}
        self.firsts: dict[str, set[str]] = {}
        self.exact: set[str] = set()
        for name in names:
            tokens = name.split()
            if not name.isascii() or not tokens:
                continue
            self.exact.add(name)
            if len(tokens) == 1 and len(name) >= SHORTEST:
                for form in _deletions(name):
                    self.words.setdefault(form, set()).add(name)
            elif len(tokens) == 2 and len(tokens[0]) >= SHORTEST and len(name) >= LONG:
                for form in _deletions(tokens[0]):
                    self.firsts.setdefault(form, set()).add(name)
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
                    if not self._is_exact(pair) and near(pair, full):
                        found.append((k, 2, full))
        return found

    def _is_exact(self, name: str) -> bool:
        return name in self.exact

    def _near_to(self, forms: Iterable[str]) -> tuple[set[str], set[str]]:
        """Single names, and names by their first word, of which a form is one of `forms`."""
        forms = tuple(forms)
        words = {n for f in forms for n in self.words.get(f, ())}
        return words, {n for f in forms for n in self.firsts.get(f, ())}

    def _learn(self, token: str) -> None:
        if len(self._fine) > 500_000:
            self._fine.clear()
        useful = False
        if token.isascii() and token.isalpha():
            words, leads = self._near_to(_deletions(token))
            if (
                words
                and len(token) >= SHORTEST - 1
                and token not in self._ordinary
                and not self._is_exact(token)
            ):
                names = sorted(n for n in words if near(token, n))
                if names:
                    self._single[token] = names[0]
                    useful = True
            if leads:
                self._leads[token] = tuple(sorted(leads))
                useful = True
        if not useful:
            self._fine.add(token)
