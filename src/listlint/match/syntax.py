"""What a term or phrase of a policy means, as a regular expression over folded text.

The syntax is docs/policy-format.md's: a phrase of words; `word*` and `*word`; `a ... b` for at most
`GAP_WORDS` words between; `a | b ... c | d` for any one of the phrases on either side of a gap.
Scripts with spaces match whole words, the others anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from listlint.later import expression
from listlint.match.everyday import EVERYDAY
from listlint.match.keys import FEW, Keyed
from listlint.text.chars import is_cjk, is_hangul
from listlint.text.fold import fold

GAP_WORDS = 5
GAP_CHARS = 12
"""A gap in scripts without spaces, in characters."""
GAP_KANA = 18
"""The same in Japanese, where the endings of polite verbs stand between."""

_GAP = expression(r"\s*(?:\.\.\.|…)\s*")
_STAR = expression(r"(\*?)([^\s*]+)(\*?)")
ALTERNATIVE = "|"
# Languages whose plain plural is -s or -es; `any` holds names and loans, which take it too.
_PLURAL_LANGS = frozenset({"en", "any", "fr", "es", "pt"})
# Function words have no plural: "notes" of a perfume are not several "not".
_NO_PLURAL = frozenset({"not", "non", "nor", "con", "per"})

TermLists = Sequence[str] | Mapping[str, Sequence[str]]
Word = tuple[bool, str, bool]
"""Open to the left, the folded word, open to the right."""
Phrase = tuple[Word, ...]


class TermSyntaxError(ValueError):
    """A term that can't mean anything, with the words to say why."""


def by_language(lists: TermLists | None) -> list[tuple[str, str]]:
    """(term, language) of a plain list (`any`) or a table language → list."""
    if not lists:
        return []
    if isinstance(lists, Mapping):
        return [(term, lang) for lang, terms in lists.items() for term in terms]
    return [(term, "any") for term in lists]


def _token_regex(token: str, lead: bool, trail: bool, plural: bool) -> str:
    body = re.escape(token)
    if lead:
        body = rf"[^ ]*{body}"
    if trail:
        return rf"{body}[^ ]*"
    if plural and _has_plural(token) and token[-1].isalpha() and token[-1] != "s":
        if token[-1] == "y" and token[-2] not in "aeiou":
            return rf"{body[:-1]}(?:y|ies)"
        return rf"{body}(?:e?s)?"
    return body


def _has_plural(token: str) -> bool:
    return len(token) >= 3 and token.isascii() and token not in _NO_PLURAL


_BOUND = "(?<= )"


def _left_edge(char: str) -> str:
    return "" if is_cjk(char) else _BOUND


def _right_edge(char: str) -> str:
    # Korean particles follow a noun without a space, so a Korean word is open to the right.
    return "" if is_cjk(char) or is_hangul(char) else "(?= )"


def _is_telling(phrase: Phrase) -> bool:
    """Whether few listings have the phrase, as far as one can tell."""
    words = [token for _, token, _ in phrase]
    return sum(map(len, words)) > 1 + (not is_cjk(words[0][0])) and not EVERYDAY.issuperset(words)


class Term:
    """One term: its text as the policy has it, `lang`, and what finds it in folded text.

    Of its `anchors` one occurs in every folded text that the term matches.
    """

    __slots__ = ("_anchors", "_regex", "_source", "_word", "lang", "parts", "text")

    def __init__(self, text: str, lang: str = "any") -> None:
        self.text = text
        self.lang = lang
        self.parts = _parse(text)
        self._source = ""
        self._regex: re.Pattern[str] | None = None
        self._word: str | None = None
        self._anchors: tuple[str, ...] | None = None

    @classmethod
    def ready(cls, text: str, lang: str, source: str, anchors: Sequence[str], word: str) -> Term:
        """A term whose expression and anchors were worked out before (see `listlint.policy.load`)."""
        term = cls.__new__(cls)
        term.text, term.lang, term.parts, term._anchors = text, lang, (), tuple(anchors)
        term._source, term._regex, term._word = source, None, word
        return term

    @classmethod
    def literal(cls, text: str) -> Term:
        """A stand-in for what was found by other means (a regular expression): only its text counts."""
        term = cls.__new__(cls)
        term.text, term.lang, term.parts, term._anchors = text, "any", (), ()
        term._source, term._regex, term._word = "", None, None
        return term

    @property
    def word(self) -> str:
        """The text, folded, without spaces around it."""
        if self._word is None:
            self._word = fold(self.text).strip()
        return self._word

    @property
    def gapped(self) -> bool:
        """Whether other words may stand inside it."""
        return "..." in self.text or "…" in self.text

    @property
    def phrases(self) -> Sequence[Sequence[Phrase]]:
        """The parts between gaps, each its phrases; worked out again of a term that came ready."""
        return self.parts or _parse(self.text)

    def said(self, matched: str) -> str:
        """The term as a finding names it: of several phrases the words that stood there."""
        return matched if ALTERNATIVE in self.text else self.text

    @property
    def plural(self) -> bool:
        """Whether the last word may take a plural ending."""
        return self.lang in _PLURAL_LANGS

    @property
    def source(self) -> str:
        """The regular expression, for joining several into one."""
        if not self._source:
            pieces: list[str] = []
            for n, part in enumerate(self.parts):
                if n:
                    wide = _wide(part, 0) or _wide(self.parts[n - 1], -1)
                    most = GAP_KANA if self.lang == "ja" else GAP_CHARS
                    pieces.append(f".{{0,{most}}}?" if wide else rf" (?:[^ ]+ ){{0,{GAP_WORDS}}}?")
                pieces.append(self._part_source(part, n == len(self.parts) - 1))
            self._source = "".join(pieces)
        return self._source

    def _part_source(self, part: Sequence[Phrase], last_part: bool) -> str:
        """One of the part's phrases, the longest first."""
        # One look behind for all that begin with a letter, so that the rest fails at a glance.
        bound: list[str] = []
        free: list[str] = []
        for phrase in sorted(part, key=lambda p: -sum(len(token) for _, token, _ in p)):
            words = " ".join(
                _token_regex(token, lead, trail, self.plural and last_part and k == len(phrase) - 1)
                for k, (lead, token, trail) in enumerate(phrase)
            )
            right = "" if phrase[-1][2] else _right_edge(phrase[-1][1][-1])
            at_edge = not phrase[0][0] and _left_edge(phrase[0][1][0])
            (bound if at_edge else free).append(words + right)
        if not free:
            return _BOUND + (bound[0] if len(bound) == 1 else f"(?:{'|'.join(bound)})")
        if not bound and len(free) == 1:
            return free[0]
        return f"(?:{'|'.join([*(_BOUND + b for b in bound), *free])})"

    @property
    def regex(self) -> re.Pattern[str]:
        """Finds the term in folded text that is padded by spaces."""
        if self._regex is None:
            self._regex = re.compile(self.source)
        return self._regex

    @property
    def anchors(self) -> tuple[str, ...]:
        """Literal strings of which every match has one."""
        if self._anchors is None:
            self._anchors = self._rarest()
        return self._anchors

    def _rarest(self) -> tuple[str, ...]:
        """Literal runs of the part that is the rarest, as far as one can tell: without a phrase of
        everyday words only, and its shortest phrase the longest."""
        best: tuple[str, ...] = ()
        most = (False, 0)
        for n, part in enumerate(self.parts):
            found = [self._phrase_anchors(phrase, n == len(self.parts) - 1) for phrase in part]
            worth = (all(map(_is_telling, part)), min(length for length, _ in found))
            if worth > most:
                best, most = tuple(dict.fromkeys(a for _, texts in found for a in texts)), worth
        return best

    def _phrase_anchors(self, phrase: Phrase, last_part: bool) -> tuple[int, tuple[str, ...]]:
        """The longest literal run's length and forms, padded where a word must begin or end there."""
        text = " ".join(token for _, token, _ in phrase)
        if any(trail for _, _, trail in phrase[:-1]) or any(lead for lead, _, _ in phrase[1:]):
            # A star inside a phrase: the longest single word serves.
            text = max((token for _, token, _ in phrase), key=len)
            return len(text), (text,)
        head = "" if phrase[0][0] or not _left_edge(text[0]) else " "
        tail = "" if phrase[-1][2] or not _right_edge(text[-1]) else " "
        last = phrase[-1][1]
        forms = [text]
        if tail and last_part and self.plural and _has_plural(last):
            if last[-1] == "y" and last[-2] not in "aeiou":
                forms.append(text[:-1] + "ies")
            elif last[-1].isalpha() and last[-1] != "s":
                forms += [text + "s", text + "es"]
        return len(text), tuple(head + form + tail for form in forms)


def _wide(part: Sequence[Phrase], end: int) -> bool:
    """Whether a phrase begins (`end` 0) or ends (-1) in a script without spaces."""
    return any(is_cjk(phrase[end][1][end]) for phrase in part)


@lru_cache(maxsize=200_000)
def _parse(text: str) -> tuple[tuple[Phrase, ...], ...]:
    """Parts between gaps; each its phrases, of which one must stand there."""
    parts: list[tuple[Phrase, ...]] = []
    for piece in _GAP.split(text.strip()):
        parts.append(tuple(_parse_phrase(text, choice) for choice in piece.split(ALTERNATIVE)))
    return tuple(parts)


def _parse_phrase(text: str, phrase: str) -> Phrase:
    words: list[Word] = []
    for raw in phrase.split():
        match = _STAR.fullmatch(raw)
        if match is None:
            raise TermSyntaxError(f"{text!r}: a * stands only at the beginning or end of a word")
        tokens = fold(match[2]).split()
        for k, token in enumerate(tokens):
            lead = bool(match[1]) and k == 0
            trail = bool(match[3]) and k == len(tokens) - 1
            if (lead or trail) and len(token) < 3 and token.isascii():
                raise TermSyntaxError(f"{text!r}: a word with * needs three letters")
            words.append((lead, token, trail))
    if not words:
        raise TermSyntaxError(f"{text!r}: nothing to look for")
    return tuple(words)


def terms_of(data: Mapping[str, Any], key: str) -> list[Term]:
    """The terms of a compiled rule under `key` ("terms" or "triggers")."""
    ready = data.get(f"{key}_ready")
    if ready is None:
        return [Term(text, lang) for text, lang in data.get(key, ())]
    return [
        Term.ready(text, lang, *found) for (text, lang), found in zip(data[key], ready, strict=True)
    ]


def _any_of(terms: Sequence[Term]) -> re.Pattern[str]:
    """One regular expression for all of `terms`, in their order."""
    bound = [t.source.removeprefix(_BOUND) for t in terms if t.source.startswith(_BOUND)]
    free = [t.source for t in terms if not t.source.startswith(_BOUND)]
    # One look behind for all: alternatives that begin with a letter fail at a glance.
    parts = [f"{_BOUND}(?:{'|'.join(bound)})"] if bound else []
    return re.compile("|".join(parts + free) or r"(?!)")


_SOME = 2_000
"""Expressions of a few of many phrases that are remembered, and texts of which they are known."""


class Phrases:
    """A set of phrases as one regular expression, built when first asked."""

    __slots__ = ("_anything", "_fixed", "_keyed", "_lists", "_regex", "_some", "_terms", "_within")

    def __init__(self, lists: TermLists) -> None:
        self._lists = lists
        self._anything: bool | None = None
        self._terms: list[Term] | None = None
        self._keyed: Keyed | None = None
        self._regex: re.Pattern[str] | None = None
        self._fixed: re.Pattern[str] | None = None
        self._some: dict[tuple[int, ...], re.Pattern[str]] = {}
        """Expressions of a few of the phrases, by their numbers."""
        self._within: dict[str, re.Pattern[str] | None] = {}
        """What `within` said of the texts asked about last."""

    @property
    def anything(self) -> bool:
        """`["*"]`: any text at all."""
        if self._anything is None:
            self._anything = any(text == "*" for text, _ in by_language(self._lists))
        return self._anything

    @property
    def regex(self) -> re.Pattern[str]:
        """Finds any of the phrases in folded text that is padded by spaces."""
        if self._regex is None:
            self._regex = _any_of(self._parsed())
        return self._regex

    @property
    def fixed(self) -> re.Pattern[str]:
        """The same of the phrases without a gap, which no end of a sentence can part."""
        if self._fixed is None:
            self._fixed = _any_of([t for t in self._parsed() if not t.gapped])
        return self._fixed

    def found(self, folded: str, words: Collection[str] | None = None) -> bool:
        """Whether one of the phrases stands in `folded`, which is split into `words` if given."""
        if self.anything and folded.strip():
            return True
        keyed = self._keys()
        if keyed is None:
            return self.regex.search(folded) is not None
        # One by one: all in one expression would be tried at each word of the text.
        terms = self._parsed()
        likely = keyed.likely(folded, folded.split() if words is None else words)
        return any(terms[n].regex.search(folded) for n in likely)

    def within(self, folded: str) -> re.Pattern[str] | None:
        """Finds any of the phrases in a folded text, or in this piece of it; None: there is none."""
        keyed = self._keys()
        if keyed is None:
            return self.regex
        if folded not in self._within:
            if len(self._within) >= _SOME:
                self._within.clear()
            self._within[folded] = self._likely(keyed, folded)
        return self._within[folded]

    def _likely(self, keyed: Keyed, folded: str) -> re.Pattern[str] | None:
        """`within` of a text that was not met before: several conditions ask about each."""
        words = folded.split()
        if not keyed.are_among(words, folded):
            return None
        likely = tuple(keyed.likely(folded, words))
        found = self._some.get(likely)
        if found is None:
            if len(self._some) >= _SOME:
                self._some.clear()
            found = self._some[likely] = _any_of([self._parsed()[n] for n in likely])
        return found

    def _keys(self) -> Keyed | None:
        """The phrases by their keys; None for so few that they are tried as quickly."""
        if self._keyed is None and len(self._parsed()) > FEW:
            self._keyed = Keyed(self._parsed())
        return self._keyed

    def _parsed(self) -> list[Term]:
        """The terms, longer ones first, so that the longest phrase at a place is the one found."""
        if self._terms is None:
            terms = (Term(text, lang) for text, lang in by_language(self._lists) if text != "*")
            self._terms = sorted(terms, key=lambda t: -len(t.text))
        return self._terms


def check(texts: Iterable[str]) -> None:
    """Raise `TermSyntaxError` for the first term that can't be parsed."""
    for text in texts:
        if text != "*":
            _parse(text)
