"""What a file is, by its content: a kind, and whether its name says otherwise.

Signatures are those of the formats' own specifications (PKWARE APPNOTE, MS-CFB, RFC 1952, PDF 32000,
Apache Parquet, OpenDocument, ECMA-376).
"""

from __future__ import annotations

import base64
import binascii
import mmap
import os
import re
from typing import TYPE_CHECKING

from listlint.later import expression
from listlint.model import Text
from listlint.readers.encoding import unmarked_wide

if TYPE_CHECKING:
    import zipfile

HEAD = 64 * 1024
"""Bytes of a file's beginning that decide."""

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# kind → suffixes that say the same
SUFFIXES: dict[str, frozenset[str]] = {
    "xlsx": frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"}),
    "xlsb": frozenset({".xlsb"}),
    "xls": frozenset({".xls", ".xlt"}),
    "ods": frozenset({".ods", ".ots"}),
    "text": frozenset({".csv", ".tsv", ".psv", ".txt", ".tab"}),
    "html": frozenset({".html", ".htm"}),
    "xml": frozenset({".xml", ".rss", ".atom"}),
    "json": frozenset({".json", ".jsonl", ".ndjson"}),
    "parquet": frozenset({".parquet"}),
    "zip": frozenset({".zip"}),
    "gzip": frozenset({".gz"}),
}
KNOWN_SUFFIXES = frozenset().union(*SUFFIXES.values())

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (OLE_MAGIC, "ole"),
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "parquet"),
)
# Known, and nothing that listlint reads: (signature, what it is)
_REFUSED: tuple[tuple[bytes, Text], ...] = (
    (b"%PDF", Text("a PDF document", "PDF 文档")),
    (b"\x89PNG", Text("a PNG picture", "PNG 图片")),
    (b"\xff\xd8\xff", Text("a JPEG picture", "JPEG 图片")),
    (b"GIF8", Text("a GIF picture", "GIF 图片")),
    (b"BM", Text("a bitmap picture", "位图图片")),
    (b"7z\xbc\xaf\x27\x1c", Text("a 7-Zip archive", "7-Zip 压缩包")),
    (b"Rar!", Text("a RAR archive", "RAR 压缩包")),
    (b"\xfd7zXZ\x00", Text("an xz archive", "xz 压缩包")),
    (b"BZh", Text("a bzip2 archive", "bzip2 压缩包")),
    (b"\x28\xb5\x2f\xfd", Text("a Zstandard archive", "Zstandard 压缩包")),
    (b"{\\rtf", Text("a rich-text document", "RTF 文档")),
    (b"SQLite format 3", Text("an SQLite database", "SQLite 数据库")),
    (b"\x7fELF", Text("a program", "可执行程序")),
    (b"MZ\x90", Text("a program", "可执行程序")),
    (b"\x09\x00\x04\x00", Text("an Excel 2 sheet", "Excel 2 表格")),
    (b"\x09\x02\x06\x00", Text("an Excel 3 sheet", "Excel 3 表格")),
    (b"\x09\x04\x06\x00", Text("an Excel 4 sheet", "Excel 4 表格")),
)
_UNSUPPORTED_TEXT: tuple[tuple[bytes, Text], ...] = (
    (b"ID;P", Text("a SYLK sheet", "SYLK 表格")),
    (b"MIME-Version:", Text("a web archive (MHTML)", "网页归档（MHTML）")),
)
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", "word"),
    ("PowerPoint Document", "powerpoint"),
)
_CONTROLS = bytes(set(range(1, 32)) - set(b"\t\n\v\f\r\x1a\x1b"))
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\r\n]+")
_XML_ROOT = expression(rb"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_HTML_TAGS = frozenset(
    {b"html", b"table", b"body", b"head", b"meta", b"style", b"div", b"tr", b"th"}
)


def kind_of(head: bytes) -> str:
    """The outermost kind: zip, ole, gzip, parquet, html, xml, json, base64, text, binary, empty."""
    if not head:
        return "empty"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if refused(head) is not None:
        return "binary"
    text = _ascii_view(head)
    if text[:1] == b"<":
        return _markup(text)
    if text[:1] in (b"{", b"[") and re.match(rb"[\[{]\s*[\[{\"\]}]", text):
        return "json"
    if len(head) >= 64 and text[:4] == b"UEsD" and _BASE64.fullmatch(head):
        return "base64"
    if not _is_wide(head):
        # A stray control character is still text, and so is one damaged by NULs.
        controls = len(head) - len(head.translate(None, _CONTROLS))
        if controls > 3 + len(head) // 100 or head.count(0) > len(head) // 3:
            return "binary"
    return "text"


def refused(head: bytes) -> Text | None:
    """What a file is that listlint knows and does not read, or None."""
    for magic, what in (*_REFUSED, *_UNSUPPORTED_TEXT):
        # "BM" and "BZh" are short enough to begin a text: a binary byte must follow.
        if head.startswith(magic) and (len(magic) > 3 or b"\x00" in head[:64]):
            return what
    if head[:1] in (b"\x03", b"\x30", b"\x83", b"\x8b") and len(head) > 32 and _is_dbase(head):
        return Text("a dBase table", "dBase 数据表")
    return None


def _is_dbase(head: bytes) -> bool:
    header, record = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31 and header % 32 in (1, 0, 9) and record > 0


def _ascii_view(head: bytes) -> bytes:
    """The beginning as ASCII-like bytes, whatever Unicode encoding it is in, blanks stripped."""
    if _is_wide(head):
        head = head.replace(b"\x00", b"")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")


def _is_wide(head: bytes) -> bool:
    """UTF-16 or UTF-32, with a mark or without."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")) or bool(
        unmarked_wide(head)
    )


def _markup(text: bytes) -> str:
    body = re.sub(rb"<\?.*?\?>|<!--.*?-->", b"", text, flags=re.S).lstrip()
    if body[:9].lower() == b"<!doctype" and body[9:].lstrip()[:4].lower() == b"html":
        return "html"
    root = _XML_ROOT.search(body)
    if root and root[2].lower() in _HTML_TAGS:
        return "html"
    return "xml" if root or text.startswith(b"<?xml") else "text"


def zip_kind(archive: zipfile.ZipFile) -> str:
    """xlsx, xlsb, ods, word, powerpoint, numbers, or zip for an archive of files."""
    names = {name.replace("\\", "/").lstrip("/").lower() for name in archive.namelist()}
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/workbook.xml" in names or ("[content_types].xml" in names and _under(names, "xl/")):
        return "xlsx"
    if "word/document.xml" in names:
        return "word"
    if "ppt/presentation.xml" in names:
        return "powerpoint"
    if _under(names, "index/") and any(name.endswith(".iwa") for name in names):
        return "numbers"
    if "content.xml" in names:
        return "ods"
    if "[content_types].xml" in names or "_rels/.rels" in names:
        return "xlsx"
    return "zip"


def _under(names: set[str], folder: str) -> bool:
    return any(name.startswith(folder) for name in names)


def ole_kind(path: str) -> str:
    """xls, encrypted, word, powerpoint or ole (something else), by the names of the streams."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        for stream, kind in _OLE_STREAMS:
            # A directory entry holds its name padded with NULs to 64 bytes (MS-CFB 2.6.1).
            name = stream.encode("utf-16-le")
            at = view.find(name + b"\x00\x00")
            while at >= 0:
                if at % 128 == 0:
                    return kind
                at = view.find(name + b"\x00\x00", at + 2)
        for stream, kind in _OLE_STREAMS:
            # Badly written files shout the name.
            if view.find(stream.upper().encode("utf-16-le") + b"\x00\x00") >= 0:
                return kind
    return "ole"


def decode_base64(data: bytes) -> bytes | None:
    """The bytes that a base64 text stands for, its padding left off or not; None for other text."""
    bare = data.translate(None, b"\r\n=")
    # One letter over stands for no byte: the text was cut.
    bare = bare[: len(bare) - (len(bare) % 4 == 1)]
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def agrees(kind: str, shown_path: str) -> bool:
    """Whether a file's extension says what its content is; no extension says nothing."""
    suffix = os.path.splitext(shown_path)[1].lower()
    if suffix not in KNOWN_SUFFIXES:
        return True
    return suffix in SUFFIXES.get(kind, ())
