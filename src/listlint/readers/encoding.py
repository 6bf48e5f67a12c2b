"""Which encoding a text file is in: marks first, then UTF-8, then the most plausible old one.

An old encoding is guessed by decoding a sample with each candidate and asking how much the result
looks like writing: frequent characters of the language for the two-byte encodings (their frequent
half is fixed by the standards GB 2312, Big5, JIS X 0208 and KS X 1001), letters where letters
belong for the one-byte ones.
"""

from __future__ import annotations

import codecs
import re
from functools import cache
from typing import TYPE_CHECKING

from listlint.later import expression
from listlint.slotted import slotted

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = 256 * 1024
"""Bytes from the first one that is not ASCII on that are asked whether they are UTF-8."""
SCORED = 24 * 1024
"""Bytes of them that decide between old encodings (tens of milliseconds)."""

_HALVES = expression(rb"\xed[\xa0-\xbf][\x80-\xbf]")
LOSS_HANDLER = "listlint-count-losses"

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@slotted(frozen=True, slots=True)
class Encoding:
    """A codec name; `sure` is False where statistics decided."""

    name: str
    sure: bool

    @property
    def is_unicode(self) -> bool:
        """Whether it is one of the UTF encodings or plain ASCII."""
        return self.name.startswith(("utf", "ascii"))


class _Losses:
    """Counts what could not be decoded. One text is decoded at a time in a process."""

    count = 0

    @classmethod
    def handle(cls, error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        cls.count += 1
        return "\ufffd", error.end


codecs.register_error(LOSS_HANDLER, _Losses.handle)


def losses() -> int:
    """How many byte sequences have been undecodable so far in this process."""
    return _Losses.count


def detect(path: str) -> Encoding:
    """The encoding of the text file at `path`. Reads up to its first byte that is not ASCII."""
    with open(path, "rb") as file:
        head = file.read(SAMPLE)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return Encoding(name, True)
        wide = unmarked_wide(head)
        if wide:
            return Encoding(wide, True)
        chunk = head
        while chunk and chunk.isascii():
            chunk = file.read(1 << 20)
        if not chunk:
            return Encoding("utf-8", True)
        # A whole sample from a little before the first foreign byte, words and all.
        first = next(_foreign(chunk))
        sample = chunk[max(0, first - 512) :]
        if len(sample) < SAMPLE:
            sample += file.read(SAMPLE - len(sample))
    return detect_bytes(sample)


def _foreign(chunk: bytes) -> Iterator[int]:
    for match in re.finditer(rb"[\x80-\xff]", chunk):
        yield match.start()


def detect_bytes(sample: bytes) -> Encoding:
    """The encoding of text without a mark."""
    # Some programs write halves of surrogate pairs as if they were characters.
    if _is_utf8(sample) or _is_utf8(_HALVES.sub(b"", sample)):
        return Encoding("utf-8", True)
    # Text of which nearly all is UTF-8 is damaged UTF-8.
    foreign = sum(1 for _ in _foreign(sample))
    before = _Losses.count
    sample.decode("utf-8", LOSS_HANDLER)
    damaged = _Losses.count - before
    if damaged * 20 <= foreign:
        return Encoding("utf-8", True)
    scores = {name: _score(sample[:SCORED], name) for name in _CANDIDATES}
    return Encoding(max(scores, key=lambda name: scores[name]), False)


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, False)
    except UnicodeDecodeError:
        return False
    return True


def unmarked_wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by where its zero bytes are."""
    sample = head[: len(head[:8192]) // 4 * 4]
    if len(sample) < 4 or b"\x00" not in sample:
        return None
    zeros = [sample[place::4].count(0) / (len(sample) // 4) for place in range(4)]
    if min(zeros[2:]) > 0.95 > zeros[0]:
        return "utf-32-le"
    if min(zeros[:2]) > 0.95 > zeros[3]:
        return "utf-32-be"
    # Line ends and separators are ASCII in every language.
    little = len(re.findall(rb"[\t\r\n ,;|]\x00", sample))
    big = len(re.findall(rb"\x00[\t\r\n ,;|]", sample))
    for name, zero, other, ends in (
        ("utf-16-le", zeros[1] + zeros[3], zeros[0] + zeros[2], little),
        ("utf-16-be", zeros[0] + zeros[2], zeros[1] + zeros[3], big),
    ):
        if zero > 4 * other and (zero > 0.4 or ends > len(sample) // 200):
            return name
    return None


# --- old encodings ---------------------------------------------------------------------------

_CANDIDATES = (
    "cp1252",
    "gb18030",
    "big5hkscs",
    "cp932",
    "cp949",
    "cp1251",
    "cp1250",
    "cp1254",
    "cp1253",
    "euc_jp",
)
# The characters that make up about half of ordinary product text in each language.
_FREQUENT = {
    "gb18030": "的一是不了在有人我他这中大来上个国和地为你时用可以会要到说就出也过能下对生多天家产品名称价格商规型号颜色数量编码条单位类别包装描述标题适新款式男女士童小号套件加厚高清全自动手工家机器材质牌重尺寸图片库存备注黑白红蓝绿灰粉本无水电子车玩具衣服裤鞋帽食保健化妆护肤发面膜油粒瓶盒袋片斤克送正方长圆双三四五六七八九十米厘毫升年月日元",
    "big5hkscs": "的一是不了在有人我他這中大來上個國和地為你時用可以會要到說就出也過能下對生多天家產品名稱價格商規型號顏色數量編碼條單位類別包裝描述標題適新款式男女士童小套件加厚高清全自動手工機器材質牌重尺寸圖片庫存備註黑白紅藍綠灰粉本無水電子車玩具衣服褲鞋帽食保健化妝護膚髮面膜油粒瓶盒袋片克送正方長圓雙三四五六七八九十米公分毫升年月日元",
    "cp949": "이다는에의을를가고하한은지로사자도기서대어리시아나인일부그전정수상제스보장주해구공우여원조유중용라있동성물들만경선소적장과드비세안신마치트품명가격상품색상수량단위분류설명브랜드모델사이즈무료배송개입세트블랙화이트남녀공용",
}
_WEST = set("àâäáãåæçéèêëíìîïñóòôöõøœúùûüßÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÑÓÒÔÖÕØÚÙÜŒ")
_CENTRAL = set("ąćęłńóśźżáčďéěíňřšťúůýžőűäöüßâăîșțţşđĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽŐŰÄÖÜĐ")
# Where Turkish has its commonest letters, the Central European page has rare ones.
_RARE = {"cp1250": set("đĐţŢşŞăĂîýÝ")}
_TURKISH = set("çğıöşüÇĞİÖŞÜâîû")
_SIGNS = set("’‘“”„–—…«»°€£®™©×·•½¼¾²³´±¡¿ºª§ \u00a0μµ†№¥¢")
_LETTERS = {"cp1252": _WEST, "cp1250": _CENTRAL, "cp1254": _TURKISH}


@cache
def _common(name: str) -> frozenset[str]:
    """The standard's own frequent half: level 1 of the ideographs, all Hangul."""
    codec, leads, trails = {
        "gb18030": ("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF)),
        "big5hkscs": ("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)]),
        "cp932": ("cp932", range(0x88, 0x98), [*range(0x40, 0x7F), *range(0x80, 0xFD)]),
        "euc_jp": ("euc_jp", range(0xB0, 0xD0), range(0xA1, 0xFF)),
        "cp949": ("euc_kr", range(0xB0, 0xC9), range(0xA1, 0xFF)),
    }[name]
    pairs = (bytes((lead, trail)) for lead in leads for trail in trails)
    return frozenset("".join(pair.decode(codec, "ignore") for pair in pairs))


def _score(sample: bytes, name: str) -> float:
    """How much the sample looks like writing in this encoding: about -1 … 1.5 a character."""
    before = _Losses.count
    text = codecs.getincrementaldecoder(name)(LOSS_HANDLER).decode(sample, False)
    lost = _Losses.count - before
    foreign = [char for char in text if char > "\x7f"]
    if not foreign:
        return -10.0
    if name in ("cp1251", "cp1253"):
        total = _score_alphabet(text, "а" if name == "cp1251" else "α")
    elif name in _LETTERS:
        total = _score_latin(text, _LETTERS[name], _RARE.get(name, set()))
    else:
        total = _score_ideographs(foreign, name)
    return (total - 5.0 * lost) / len(foreign)


def _score_ideographs(foreign: list[str], name: str) -> float:
    common, frequent = _common(name), frozenset(_FREQUENT.get(name, ""))
    japanese = name in ("cp932", "euc_jp")
    total = 0.0
    for char in foreign:
        if char in frequent or (japanese and "\u3041" <= char <= "\u30fc"):
            total += 1.5
        elif "\uff61" <= char <= "\uff9f":
            # Half-width kana is what other encodings turn into when read as cp932.
            total -= 0.2
        elif char in common:
            total += 0.6
        elif "\u3000" <= char <= "\u303f" or "\uff01" <= char <= "\uff5e" or char in _SIGNS:
            total += 0.8
        elif "\ue000" <= char <= "\uf8ff" or char == "\ufffd" or char < "\xa0":
            total -= 2.0
        else:
            total -= 0.6
    return total


def _score_latin(text: str, letters: set[str], rare: set[str]) -> float:
    """Accented letters stand among plain ones and rarely beside each other."""
    total = 0.0
    padded = f" {text} "
    for match in re.finditer("[^\x00-\x7f]", padded):
        at = match.start()
        char, left, right = padded[at], padded[at - 1], padded[at + 1]
        if char in letters:
            total += 0.8 if char in rare else 1.0
            if left > "\x7f" and right > "\x7f":
                total -= 1.2
            elif left > "\x7f" and left.isalpha():
                total -= 0.5
            elif char.isupper() and left.isalpha() and left.islower():
                total -= 1.0
        elif char in _SIGNS:
            inside = left.isalpha() and right.isalpha() and char not in "’'´·"
            total += -1.0 if inside else 0.7
            if left > "\x7f" and right > "\x7f":
                total -= 0.7
        else:
            total -= 1.0
    return total


def _score_alphabet(text: str, first: str) -> float:
    """Letters of one alphabet stand together, small ones after small ones."""
    low, high = (0x400, 0x45F) if first == "а" else (0x386, 0x3CE)
    rare = set("ЂЃѓЉЊЌЋЏђљњќћџЎўЈҐ")
    total = 0.0
    padded = f" {text} "
    for match in re.finditer("[^\x00-\x7f]", padded):
        at = match.start()
        char, left, right = padded[at], padded[at - 1], padded[at + 1]
        if low <= ord(char) <= high and char not in rare:
            total += 1.2
            if char.isupper() and left.islower():
                total -= 1.5
            if left.isascii() and left.isalpha():
                total -= 0.8
            if right.isascii() and right.isalpha():
                total -= 0.8
        elif char in _SIGNS:
            total += 0.3
        else:
            total -= 1.0
    return total
