"""Kind `limit`: how long a field may be, and what may not stand in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from listlint.batch import Batch, Column
from listlint.later import expression
from listlint.match.conditions import Condition, Judge
from listlint.match.place import BatchText, Place
from listlint.match.syntax import Term
from listlint.model import Text
from listlint.rules.interface import Hit, RuleMeta, Run
from listlint.text.chars import SEPARATOR, is_cjk
from listlint.text.fold import fold, fold_joined, join_raw

# Amazon's own wording: a word may not stand more than twice, prepositions, articles and
# conjunctions aside.
_SMALL = frozenset(
    """
    a an the and or but nor for so yet of in on at to by with from as is are it its this that
    your you our und oder der die das den dem ein eine für mit von zu im aus auf des zum zur
    bei le la les un une et ou de du en pour avec sur dans au aux par à d l el los las y o con
    por para del al il lo gli e di da per su nel della delle os um uma do no na com
    """.split()
)


REMEMBERED = 50_000
"""Values of which it is remembered whether a word comes too often in them."""
_CAPITALS = expression(r"[^\W\d_a-z]{4}")


class LimitRule:
    """One hit a cell that breaks a bound; `{value}` and `{limit}` are the numbers, `{detail}` says which."""

    def __init__(
        self,
        meta: RuleMeta,
        data: Mapping[str, Any],
        contexts: Mapping[str, Sequence[Condition]],
    ) -> None:
        self.meta = meta
        self._judge = Judge(data, contexts)
        self.needs = meta.fields
        self._limit: Mapping[str, Any] = data["limit"]
        forbidden = self._limit.get("forbidden")
        self._repeating: dict[str, bool] = {}
        self._forbidden = re.compile(f"[{re.escape(forbidden)}]") if forbidden else None
        parted = self._limit.get("separator")
        self._parted = re.compile(f"[^{re.escape(parted)}]+") if parted else None

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """The cells of the rule's fields that are out of bounds."""
        for name in self.needs:
            columns = batch.of(name)
            for column, values in columns:
                for i in self._doubtful(values):
                    hit = self._cell(column, i, values[i])
                    if hit is not None and self._allowed(batch, column, i):
                        yield hit
            most = self._limit.get("max_items")
            if most is not None and self._parted is not None:
                yield from self._parts(columns, most)
            elif most is not None and len(columns) > most:
                for i in range(len(batch)):
                    filled = sum(1 for _, values in columns if values[i].strip())
                    if filled > most:
                        yield _hit(columns[most][0], i, None, filled, most, _ITEMS)

    def _parts(self, columns: Sequence[tuple[Column, Sequence[str]]], most: int) -> Iterator[Hit]:
        """The first item too many of a row, however its items are shared out over cells."""
        assert self._parted is not None
        for i in range(len(columns[0][1]) if columns else 0):
            items = [
                (column, found)
                for column, values in columns
                for found in self._parted.finditer(values[i])
                if found[0].strip()
            ]
            if len(items) > most:
                column, found = items[most]
                span = (found.start(), len(found.string.rstrip()))
                yield _hit(column, i, span, len(items), most, _ITEMS, found.string)

    def _allowed(self, batch: Batch, column: Column, i: int) -> bool:
        """Whether the rule's conditions hold for the cell as a whole."""
        if not self._judge.when and not self._judge.unless:
            return True
        text = BatchText.of(batch)
        position = batch.sheet.columns.index(column)
        folded = text.cell(position, i)
        return self._judge.allows(
            Place(text, position, i, folded, 0, len(folded.text), Term.literal(""))
        )

    def _doubtful(self, values: Sequence[str]) -> Iterable[int]:
        """The cells that could be out of bounds, told apart as cheaply as each bound allows."""
        limit = self._limit
        longest = limit.get("max_chars")
        if (size := limit.get("max_bytes")) is not None:
            # A character is at most four bytes.
            longest = size // 4 if longest is None else min(longest, size // 4)
        if longest is not None and limit.keys() <= {"max_chars", "max_bytes", "separator"}:
            return [i for i, n in enumerate(map(len, values)) if n > longest]
        if self._forbidden is not None and len(limit) == 1:
            found = self._forbidden.search
            return [i for i, v in enumerate(values) if v and found(v)]
        if (most := limit.get("max_repeat")) is not None and limit.keys() <= {
            "max_repeat",
            "min_share",
        }:
            self._count(values, most, limit.get("min_share", 0.0))
            return [i for i, v in enumerate(values) if self._repeating[v]]
        if "max_upper_ratio" in limit and len(limit) == 1:
            # Mostly capitals means some capital word of four letters.
            return [i for i, v in enumerate(values) if _CAPITALS.search(v)]
        return [i for i, v in enumerate(values) if v]

    def _count(self, values: Sequence[str], most: int, share: float) -> None:
        """See to it that of every value it is known whether a word comes too often in it."""
        if len(self._repeating) > REMEMBERED:
            self._repeating.clear()
        new = [v for v in set(values).difference(self._repeating) if v]
        self._repeating[""] = False
        strange = []
        for value in new:
            if value.isascii():
                words = value.lower().split()
                self._repeating[value] = len(words) - len(set(words)) >= most
            else:
                strange.append(value)
        folded = fold_joined(join_raw(strange))
        for value, text in zip(strange, folded.split(SEPARATOR), strict=False):
            tokens = text.split()
            self._repeating[value] = (
                _is_repetitive(tokens, most) and _most(tokens, most, share) is not None
            )

    def _cell(self, column: Column, i: int, value: str) -> Hit | None:
        limit = self._limit
        text = value.strip()
        if self._parted is not None:
            return self._part(column, i, value)
        if (most := limit.get("max_chars")) is not None and len(text) > most:
            # The words that are over the limit.
            start = value.index(text) + most
            return _hit(column, i, (start, len(value.rstrip())), len(text), most, _CHARS, value)
        if (most := limit.get("max_bytes")) is not None:
            size = len(text.encode("utf-8", "surrogatepass"))
            if size > most:
                return _hit(column, i, None, size, most, _BYTES)
        if (least := limit.get("min_chars")) is not None and len(text) < least:
            return _hit(column, i, None, len(text), least, _SHORT)
        if self._forbidden is not None and (found := self._forbidden.search(value)):
            return Hit(i, column, match=found[0], span=found.span(), params={"value": found[0]})
        if (most := limit.get("max_repeat")) is not None and (
            repeated := _repeated(text, most, limit.get("min_share", 0.0))
        ):
            word, count = repeated
            places = [m.span() for m in re.finditer(re.escape(word), value, re.I)]
            span = places[-1] if places else None
            return _hit(column, i, span, count, most, _REPEAT, value, value_text=word)
        if (ratio := limit.get("max_upper_ratio")) is not None:
            letters = [c for c in text if c.isupper() or c.islower()]
            upper = sum(c.isupper() for c in letters)
            if len(letters) >= 12 and upper > ratio * len(letters):
                return _hit(
                    column, i, None, round(100 * upper / len(letters)), round(100 * ratio), _UPPER
                )
        return None

    def _part(self, column: Column, i: int, value: str) -> Hit | None:
        """The first item of a cell that is too long."""
        assert self._parted is not None
        most = self._limit.get("max_chars")
        if most is None:
            return None
        for found in self._parted.finditer(value):
            text = found[0].strip()
            if len(text) > most:
                start = value.index(text, found.start())
                span = (start, start + len(text))
                return _hit(column, i, span, len(text), most, _CHARS, value)
        return None


def _repeated(text: str, most: int, share: float) -> tuple[str, int] | None:
    """The word that stands more than `most` times, and how often; pairs of characters in Chinese."""
    return _most(fold(text).split(), most, share)


def _is_repetitive(tokens: Sequence[str], most: int) -> bool:
    """Whether `_most` is worth asking: a word and its plural begin alike, and of a pair of Chinese
    characters that comes again the first one does too."""
    dense = "".join([token for token in tokens if is_cjk(token[0])])
    if dense and max(Counter(dense).values()) > most:
        return True
    return len(tokens) - len({token[:3] for token in tokens}) >= most


def _most(tokens: Sequence[str], most: int, share: float) -> tuple[str, int] | None:
    """`_repeated` of the words of a folded text."""
    words: list[str] = []
    for token in tokens:
        if is_cjk(token[0]):
            words += [token[k : k + 2] for k in range(len(token) - 1)]
        elif token not in _SMALL and not token.isdigit() and len(token) > 1:
            # A plural is the same word said again.
            words.append(token[:-1] if len(token) > 3 and token[-1] == "s" else token)
    if not words:
        return None
    word, count = Counter(words).most_common(1)[0]
    return (word, count) if count > most and count >= share * len(words) else None


_CHARS = Text("characters", "个字符")
_BYTES = Text("bytes", "字节")
_SHORT = Text("characters (too few)", "个字符（过少）")
_ITEMS = Text("columns", "列")
_REPEAT = Text("times", "次")
_UPPER = Text("% capitals", "% 大写")


def _hit(
    column: Column,
    i: int,
    span: tuple[int, int] | None,
    value: int,
    limit: int,
    detail: Text,
    cell: str = "",
    value_text: str = "",
) -> Hit:
    return Hit(
        i,
        column,
        match=cell[span[0] : span[1]] if span else None,
        span=span,
        params={"value": str(value), "limit": str(limit), "detail": detail, "term": value_text},
    )
