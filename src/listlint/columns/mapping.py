"""One header → a field: key, exact synonym, synonym with something around it, a slip of the keyboard.

Only the words of the header are looked at here; what the values say comes after, in `assign`.
"""

from __future__ import annotations

from typing import NamedTuple

from listlint.columns.dialect import Dialect
from listlint.columns.keys import clean, is_keylike, is_path, key, without_number
from listlint.columns.layout import GIVEN
from listlint.columns.library import ColumnLibrary, Entry, split_words
from listlint.later import expression
from listlint.model import Text

_BRACKET = expression(r"[(（\[【<《]([^()（）\[\]【】<>《》]*)[)）\]】>》]")
_SEPARATOR = expression(r"\s*[/|\n;；]\s*|\s+[-–—]+\s+|\s*[:：]\s*")
_AFFIX = expression(r"[\s_\-.@:/]+")
_DIGITS = expression(r"\d+")
_CJK_ORDINAL = expression(r"(?<=[\u2e80-\u9fff])[一二三四五六七八九十]{1,2}$")
_CJK_RUN = expression(r"[\u2e80-\u9fff\uf900-\ufaff\uac00-\ud7af々ー]+")
_MAX_HEADER = 120
_OF_PRODUCT = frozenset(("brand", "mpn", "model", "isbn", "gtin"))


class Match(NamedTuple):
    """What a header's words say. `field` is '' when they are known to mean no field."""

    field: str
    score: int
    because: Text
    weak: bool = False


def _synonym(entry: Entry, score: int) -> Match:
    if not entry.field:
        because = Text(
            f'"{entry.header}" is known to be no field of listlint ({entry.lang})',
            f"“{entry.header}”不对应任何字段（{entry.lang}）",
        )
        return Match("", score, because)
    kind = Text("synonym", "同义词") if score >= 95 else Text("read as the synonym", "可视为同义词")
    because = Text(
        f'{kind.en} "{entry.header}" ({entry.lang})', f"{kind.zh}“{entry.header}”（{entry.lang}）"
    )
    return Match(entry.field, score - 10 * entry.weak, because, entry.weak)


class Mapper:
    """Matches headers in one context ("listings", "seller"…) and, where known, one dialect."""

    def __init__(
        self, library: ColumnLibrary, context: str, dialect: Dialect | None = None
    ) -> None:
        self._library = library
        self._index = library.contexts[context]
        self._dialect = dialect
        self._context = context
        self._cache: dict[tuple[str, bool], Match | None] = {}

    def match(self, header: str, *, typos: bool = False) -> Match | None:
        """What the header means here; None when it is unknown. `typos`: look for slips too."""
        at = (header, typos)
        if at not in self._cache:
            self._cache[at] = self._match(clean(header), typos)
        return self._cache[at]

    def _match(self, header: str, typos: bool) -> Match | None:
        if not header or (len(header) > _MAX_HEADER and not is_path(header)):
            return None
        field = self._library.given.get(key(header))
        if field is not None:
            return Match(field, GIVEN, Text("the settings say so", "由设置指定"))
        if self._dialect is not None and (found := self._of_dialect(header, self._dialect)):
            return found
        if header in self._library.groups:
            return Match(header, 100, Text("listlint's own name", "listlint 字段名"))
        found = self._exact(key(header), 95)
        if is_path(header):
            return found if found and not found.weak else None
        if found:
            return found
        plain = without_number(header)
        found = self._near(plain) or self._bracketed(plain) or self._parts(plain)
        if found is None and typos and not is_keylike(header):
            found = self._typo(plain)
        return found

    def _of_dialect(self, header: str, dialect: Dialect) -> Match | None:
        folded = key(header)
        field = dialect.body.headers.get(folded)
        if field is None:
            field = dialect.glob(header)
        if field is None:
            field = dialect.body.headers.get(folded.rstrip("0123456789"))
        if field is None:
            for prefix, otherwise in dialect.prefixes:
                if header.lstrip("* ").startswith(prefix):
                    return self._prefixed(header.lstrip("* ")[len(prefix) :], otherwise, dialect)
            return None
        because = Text(f"header of {dialect.id}", f"{dialect.id} 的表头")
        if not field:
            because = Text(
                f"no field of listlint in {dialect.id}", f"在 {dialect.id} 中不对应任何字段"
            )
        return Match(field, 98, because)

    def _prefixed(self, rest: str, otherwise: str, dialect: Dialect) -> Match:
        """What stands behind a prefix (`C:Brand`): a fact about the product, else free text."""
        found = self.match(rest)
        if found and found.field and not found.weak:
            group = self._library.groups.get(found.field)
            if group in ("product", "document") or found.field in _OF_PRODUCT:
                return found
        return Match(otherwise, 90, Text(f"attribute of {dialect.id}", f"{dialect.id} 的属性列"))

    def _exact(self, folded: str, score: int) -> Match | None:
        entry = self._index.get(folded)
        return _synonym(entry, score) if entry else None

    def _near(self, text: str) -> Match | None:
        """Counted ("Image 2"), plural, with a language or unit before or after, with "Product" before."""
        folded = key(text)
        if found := self._exact(folded, 95):
            return found
        found = self._counted(text)
        if found is None and folded.isascii():
            other = folded[:-1] if folded.endswith("s") else folded + "s"
            found = self._exact(other, 93)
            if found and found.weak:
                found = None
        return found or self._affixed(text) or self._about_product(folded)

    def _counted(self, text: str) -> Match | None:
        number = _DIGITS.search(text)
        bare = _DIGITS.sub("", text) if number else _CJK_ORDINAL.sub("", text)
        if bare == text:
            return None
        found = self._exact(key(bare), 94) or self._about_product(key(bare))
        # The first of several is the one that counts where only one can be held.
        later = min(int(number[0]) - 1, 9) if number and 0 < int(number[0]) < 100 else 0
        if found and found.field not in self._library.repeats:
            return found._replace(score=found.score - later)
        return found

    def _affixed(self, text: str) -> Match | None:
        affixes = self._library.affixes
        words = [w for w in _AFFIX.split(text.strip("*＊ ")) if w]
        for cut in (1, 2):
            if len(words) > cut:
                tail, head = key(" ".join(words[-cut:])), key(" ".join(words[:cut]))
                if (tail in affixes.languages or tail in affixes.benign) and (
                    found := self._plain(" ".join(words[:-cut]), 92)
                ):
                    return found
                if head in affixes.languages and (found := self._plain(" ".join(words[cut:]), 92)):
                    return found
        folded = key(text)
        for word in (folded[:2], folded[:3]):
            if word in affixes.languages and not word.isascii():
                return self._exact(folded[len(word) :], 90)
        return None

    def _plain(self, text: str, score: int) -> Match | None:
        return self._exact(key(text), score) or self._counted(text)

    def _about_product(self, folded: str) -> Match | None:
        for prefix in self._library.affixes.prefixes:
            rest = folded.removeprefix(prefix)
            if rest != folded and len(rest) > 1:
                found = self._exact(rest, 90)
                if found and found.field != "title" and not found.weak:
                    return found
        return None

    def _bracketed(self, text: str) -> Match | None:
        contents = _BRACKET.findall(text)
        if not contents:
            return None
        outer = _BRACKET.sub(" ", text).strip()
        if not key(outer):
            return self._near(contents[0]) if len(contents) == 1 else None
        found = self._near(outer) or self._parts(outer)
        if found is None:
            return None
        score = found.score
        for content in contents:
            said = self._inside(content, found)
            if said is None:
                return None
            score = min(score, said)
        return found._replace(score=score)

    def _inside(self, content: str, outer: Match) -> int | None:
        """The score that brackets leave; None when what stands in them turns the meaning."""
        affixes = self._library.affixes
        folded = key(content) or content.strip()
        if not folded or folded in affixes.benign or folded in affixes.languages:
            return 94
        if affixes.benign_pattern.search(content.strip()):
            return 94
        if self._turns(content):
            return None
        entry = self._index.get(folded)
        if entry is None:
            return 85
        return 92 if entry.field == outer.field else None

    def _turns(self, text: str) -> bool:
        affixes = self._library.affixes
        return not affixes.turning.isdisjoint(split_words(text)) or any(
            word in text for word in affixes.turning_cjk
        )

    def _parts(self, text: str) -> Match | None:
        """Two names in one ("品牌/Brand", "商品名称 Product Name") that do not contradict each other."""
        parts = [p for p in _SEPARATOR.split(text) if key(p)]
        if len(parts) < 2:
            runs = _CJK_RUN.findall(text)
            rest = _CJK_RUN.sub(" ", text).strip()
            if len(runs) != 1 or not key(rest):
                return None
            found, other = self._near(runs[0]), self._near(rest)
            return found if found and other and found.field == other.field else None
        affixes = self._library.affixes
        parts = [
            p for p in parts if key(p) not in affixes.benign and key(p) not in affixes.languages
        ]
        matches = [self._near(p) for p in parts]
        known = [m for m in matches if m]
        if not known or len({m.field for m in known}) != 1:
            return None
        best = max(known, key=lambda m: m.score)
        if len(known) == len(parts):
            return best._replace(score=min(best.score, 90))
        scripts = {bool(_CJK_RUN.search(p)) for p, m in zip(parts, matches, strict=True) if m}
        others = [p for p, m in zip(parts, matches, strict=True) if not m]
        bilingual = all(
            bool(_CJK_RUN.search(p)) not in scripts and not self._turns(p) for p in others
        )
        return best._replace(score=min(best.score, 84)) if bilingual else None

    def _typo(self, text: str) -> Match | None:
        """One word with a slip in it, the other words known: "Discription", "Manufactuer Name"."""
        library = self._library
        words = split_words(_BRACKET.sub(" ", text))
        unknown = [w for w in words if w not in library.words]
        if self._context != "listings" or len(unknown) != 1:
            return None
        if len(unknown[0]) < library.affixes.typo_min_length:
            return None
        from rapidfuzz import process  # only where a header is unknown: its import is felt
        from rapidfuzz.distance import OSA

        nearest = process.extractOne(
            unknown[0],
            library.long_words,
            scorer=OSA.normalized_similarity,
            score_cutoff=library.affixes.typo_similarity / 100,
        )
        if nearest is None:
            return None
        meant = "".join(nearest[0] if w == unknown[0] else w for w in words)
        found = self._exact(meant, 95)
        if found is None or not found.field or found.weak:
            return None
        score = round(nearest[1] * 100)
        header = self._index[meant].header
        return Match(
            found.field, score, Text(f'fuzzy {score} to "{header}"', f"近似 {score}：“{header}”")
        )
