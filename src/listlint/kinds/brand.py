"""Kind `brand`: somebody's mark in the text of a listing that is not theirs.

One brand word is a question, not a verdict. What counts is whose the listing is (brand and
manufacturer column, authorisations), how the word is used ("compatible with" is fair, and so is
what follows in the same list), and what stands beside it ("style", "dupe").
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from listlint.batch import Batch
from listlint.kept.data import RuleData
from listlint.kinds.words import hit_of
from listlint.later import expression
from listlint.match.conditions import Condition, Judge
from listlint.match.place import TEXT_FIELDS, BatchText, Place
from listlint.match.scanner import Scanner
from listlint.match.syntax import Phrases, Term
from listlint.match.words import LaterTerms, Want
from listlint.model import Confidence, Severity, Text
from listlint.rules.interface import Hit, RuleMeta, Run
from listlint.text.chars import is_cjk
from listlint.text.fold import fold

OWN_FIELDS = ("brand", "manufacturer", "trade_name")
LIST_GAP = 6
"""Words between two marks of one list ("for BMW E46, VW Golf 7 and Audi A4")."""
SHORT_FORM = 5
"""Fewest letters of a first word that stands for the whole name."""
_PLAIN = ("none", "near")
"""Ambiguities of a name that is no ordinary word; a `near` one is only near to some, so that a slip in
such a word is no misspelling of the mark."""
_KATAKANA = expression("[\u30a1-\u30fa\u30fc]+")
_PLUS = expression(r"[^\W_]\s*\+\s*(?=[^\W\d_])")
"""A plus between goods; not that of `PA+++` or `5+1`."""
PART_GAP = 6
"""Words between a mark and the part named after it ("iPhone 15 Pro Max clear case")."""
_NO_BRAND = frozenset(
    fold(t)
    for t in (
        "generic", "unbranded", "no brand", "nobrand", "none", "n/a", "na", "oem", "does not apply",
        "markenlos", "ohne marke", "sans marque", "sin marca", "senza marca", "générique", "genérico",
        "generico", "无品牌", "无", "其他", "其它", "other", "ノーブランド", "ノーブランド品", "nicht zutreffend",
        "no-brand", "null", "-", "merkloos", "brak", "bez marki", "нет бренда",
    )
)  # fmt: skip


_HIDING = frozenset(("zero-width", "homoglyph", "bidi", "leet", "diacritics"))


class Brand:
    """A mark of the list: how it is written, whose it is (of several one), and what makes it ambiguous.

    `needs` are phrases of which one must stand in the listing; `@name` among them is a context.
    """

    __slots__ = (
        "_contexts", "_phrases", "ambiguity", "folded", "kind", "name", "names", "needs", "owners",
        "row", "terms",
    )  # fmt: skip

    def __init__(self, row: Mapping[str, Any], contexts: Mapping[str, Sequence[Condition]]) -> None:
        self.row = row
        self.name = row["brand"]
        self.owners = [fold(o) for o in row.get("owner", "").split("|") if o.strip()]
        self.kind = row["class"]
        self.ambiguity = row.get("ambiguity") or "none"
        self.names = [name for name, *_ in row["names"]]
        self.folded = [f" {word} " for *_, word in row["names"]]
        self.terms = [Term.ready(name, "any", *ready) for name, *ready in row["names"]]
        words = [w.strip() for w in row.get("needs", "").split("|") if w.strip()]
        self.needs = bool(words)
        plain = [w for w in words if not w.startswith("@")]
        self._phrases = Phrases(plain) if plain else None
        self._contexts = [c for w in words if w.startswith("@") for c in contexts[w[1:]]]

    def meant(self, place: Place) -> bool:
        """Whether what the listing says leaves no doubt that the word at `place` is the mark."""
        if not self.needs:
            return True
        if self._phrases is not None and place.text.says(place.i, self._phrases):
            return True
        return any(c.holds(place) for c in self._contexts)


class _KeptBrands(dict[str, Brand]):
    """The marks of a list that is kept, by name, each made when it is met."""

    def __init__(self, data: RuleData, contexts: Mapping[str, Sequence[Condition]]) -> None:
        super().__init__()
        self._data = data
        self._contexts = contexts

    def __missing__(self, name: str) -> Brand:
        brand = self[name] = Brand(self._data.brand(name), self._contexts)
        return brand


class BrandRule:
    """Finds the list's brands where the listing is somebody else's.

    Options: `classes` (which of the list), `evidence` (phrases that make it worse, → error),
    `unknown` (severity when the sheet tells no brand at all; "" for silence), `parts` (a context
    whose `after` are parts and accessories: named after a mark they say whose goods they fit) and
    `bundled` (words like "with", between mark and part: then the part only comes along),
    `strict_parts` (classes whose mark may not begin the cell even before a part: shoppers then take the
    part for the maker's own), `second`
    (severity, "" for silence, where the cell names the listing's own brand before the mark, or next
    to it, or joins several goods by a plus: a licence, a bundle or a list of devices, rather than an
    imposture).
    """

    def __init__(
        self,
        meta: RuleMeta,
        data: Mapping[str, Any],
        contexts: Mapping[str, Sequence[Condition]],
    ) -> None:
        self.meta = meta
        self.needs = meta.fields or TEXT_FIELDS
        self._judge = Judge(data, contexts)
        options = data.get("options", {})
        self._evidence = Phrases(options["evidence"]) if options.get("evidence") else None
        unknown = options.get("unknown", "info")
        self._unknown = Severity(unknown) if unknown else None
        self._strict = frozenset(options.get("strict_parts", ()))
        second = options.get("second")
        self._second = Severity(second) if second else None
        self._seconds = second is not None
        self._parts = [Phrases(c.data["after"]) for c in contexts.get(options.get("parts", ""), ())]
        self._bundled = Phrases(options.get("bundled", ()))
        self._by_text: Mapping[str, Brand]
        self.names: frozenset[str] = frozenset()
        """Folded names of the list's brands; none where they are kept."""
        terms: Sequence[Term]
        if isinstance(data, RuleData):
            self._by_text = _KeptBrands(data, contexts)
            terms = LaterTerms(
                lambda: [t for r in data["brands"] for t in Brand(r, contexts).terms]
            )
        else:
            brands = [Brand(row, contexts) for row in data["brands"]]
            self._by_text = {name: brand for brand in brands for name in brand.names}
            self.names = frozenset(word for brand in brands for word in brand.folded)
            terms = [term for brand in brands for term in brand.terms]
        self.known: Container[str] = self.names
        """Folded names of every brand that some rule of the run knows; set by the engine."""
        evasion = data.get("evasion", True)
        self.want = Want(terms, frozenset(self.needs), evasion, backwards=evasion)
        self.scanner: Scanner | None = None
        self.slot = -1

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """At most one hit a brand and listing: the worst."""
        assert self.scanner is not None
        text = BatchText.of(batch)
        worst: dict[tuple[int, str], Hit] = {}
        fair: Place | None = None
        for place in self.scanner.matches(batch, self.slot):
            brand = self._by_text[place.term.text]
            reason = self._judge.verdict(place)
            if (reason is not None and reason[0] == "when") or _inside_katakana(place):
                continue
            fits = (
                reason is not None or self._names_part(place, brand) or self._follows(place, fair)
            )
            if fits and not _hidden(place):
                fair = place
                continue
            hit = self._weigh(text, place, brand, run)
            if hit is None:
                continue
            key = (place.i, brand.name)
            known = worst.get(key)
            if known is None or _rank(hit, self.meta) < _rank(known, self.meta):
                worst[key] = hit
        return worst.values()

    def excused(self, batch: Batch, i: int | None = None) -> Iterable[tuple[Place, str, int]]:
        """Where a mark stands but a condition keeps the rule quiet (in listing `i` only, if given): place, "when"
        or "unless", number."""
        assert self.scanner is not None
        for place in self.scanner.matches(batch, self.slot):
            if i is not None and place.i != i:
                continue
            reason = self._judge.verdict(place)
            if reason is not None:
                yield (place, *reason)

    def _follows(self, place: Place, last: Place | None) -> bool:
        """Whether the mark stands in one list with `last`, which says what the goods fit."""
        if (
            last is None
            or (last.i, last.position) != (place.i, place.position)
            or last.folded is not place.folded
        ):
            return False
        between = place.folded.text[last.end : place.start]
        return place.distance(last.start, last.end) <= LIST_GAP and not self._bundled.found(between)

    def _names_part(self, place: Place, brand: Brand) -> bool:
        """Whether a part for the brand's goods is named right after the mark."""
        text = place.folded.text
        if place.start <= 1 and brand.kind in self._strict:
            return False
        end = min(len(text), place.end + 20 * PART_GAP)
        for parts in self._parts:
            found = parts.regex.search(text, place.end, end)
            if found is None or place.distance(found.start(), found.end()) > PART_GAP:
                continue
            if not self._bundled.found(f"{text[place.end : found.start()]} "):
                return True
        return False

    def _weigh(self, text: BatchText, place: Place, brand: Brand, run: Run) -> Hit | None:
        i = place.i
        listed = [text.field(name, i) for name in OWN_FIELDS]
        own = any(_holds(value, brand) for value in listed if value)
        marketplaces = run.marketplaces(text.batch, i)
        authorised = any(
            run.registers.authorised(name, marketplaces, run.as_of) for name in brand.names
        )
        if own or authorised:
            return None
        if not brand.meant(place) or (brand.ambiguity in ("name", "short") and not brand.needs):
            return None
        said = text.batch.get("brand", i)
        none = fold(said) in _NO_BRAND
        evidence: list[Text] = []
        if self._evidence is not None and (found := self._nearby(place)):
            evidence.append(Text(f"“{found}” beside it", f"旁边写有“{found}”"))
        if place.evasion and not _accents(place):
            evidence.append(Text(f"disguised ({place.evasion})", f"有伪装（{place.evasion}）"))
        severity: Severity | None
        if evidence:
            severity, confidence = Severity.ERROR, Confidence.HIGH
        elif not said:
            severity, confidence = self._unknown, Confidence.LOW
        else:
            severity = self.meta.severity
            confidence = Confidence.HIGH if none else Confidence.MEDIUM
            if not none and self._makes_its_own_name(said):
                # Kingston memory "for Sony", a Garnier and L'Oréal set: two makers, no imposture.
                severity, confidence = Severity.INFO, Confidence.LOW
            if brand.ambiguity not in _PLAIN and not brand.needs and not none:
                severity, confidence = Severity.INFO, Confidence.LOW
        if self._seconds and not evidence and said and not none and _second(place, said):
            severity, confidence = self._second, Confidence.LOW
        if severity is None:
            return None
        why = (
            Text(
                f"the brand column says “{said}”" if said else "the sheet names no brand",
                f"品牌栏写的是“{said}”" if said else "表中没有品牌",
            ),
            *evidence,
        )
        return hit_of(
            place,
            severity=severity,
            confidence=confidence,
            params={
                "brand": brand.name,
                "detail": Text("; ".join(t.en for t in why), "；".join(t.zh for t in why)),
            },
        )

    def _makes_its_own_name(self, said: str) -> bool:
        """Whether the brand column names a known maker of its own."""
        words = fold(said).split()
        return any(f" {' '.join(words[:n])} " in self.known for n in (1, 2, 3, len(words)) if n)

    def _nearby(self, place: Place) -> str:
        """The telling words within four words of the brand, if any."""
        assert self._evidence is not None
        text = place.folded.text
        for found in self._evidence.regex.finditer(text):
            if place.distance(found.start(), found.end()) <= 4:
                return found[0].strip()
        return ""


def _holds(value: str, brand: Brand) -> bool:
    """Whether the brand column names this brand, a shorter form of it, or another of its owner."""
    if any(name in value or _short_form(value, name) for name in brand.folded):
        return True
    return any(owner in value for owner in brand.owners)


def _short_form(value: str, name: str) -> bool:
    """`小米` of `小米手环`, `Stanley` of `Stanley Quencher`."""
    said = value.strip()
    if not said:
        return False
    if is_cjk(said[0]):
        return len(said) > 1 and name.lstrip().startswith(said)
    return len(said) >= SHORT_FORM and name.startswith(f" {said} ")


def _second(place: Place, said: str) -> bool:
    """Whether the mark comes second to the listing's own brand `said`, or in a bundle (`A + B`)."""
    own = fold(said)
    if own.strip():
        text = place.folded.text
        at = text.find(own if not is_cjk(own.strip()[0]) else own.strip(), 0, place.start)
        if at >= 0 or text.startswith(own, place.end - 1):
            return True
    return _PLUS.search(place.folded.original, 0, place.span[0]) is not None


def _inside_katakana(place: Place) -> bool:
    """Whether the mark is the tail of a longer katakana word: `レゴ` in `グレゴリオ`."""
    text = place.folded.text
    return bool(_KATAKANA.fullmatch(text[place.start : place.end])) and bool(
        _KATAKANA.fullmatch(text[place.start - 1])
    )


def _hidden(place: Place) -> bool:
    """Whether the mark is written so that only a filter misses it: whoever says what his goods fit
    has nothing to hide."""
    return place.evasion in _HIDING and not _accents(place)


def _accents(place: Place) -> bool:
    """One accent is a language's spelling (`GUCCİ`, `Laško`), several are a disguise."""
    if place.evasion != "diacritics":
        return False
    return sum(not c.isascii() for c in place.match) < 2


def _rank(hit: Hit, meta: RuleMeta) -> tuple[int, int]:
    return (
        (hit.severity or meta.severity).rank,
        (hit.confidence or meta.confidence).rank,
    )
