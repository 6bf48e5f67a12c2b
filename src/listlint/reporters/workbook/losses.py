"""What openpyxl does not carry over when it loads and saves a workbook, found by looking into the file.

The parts named here are those that openpyxl's readers pass over (openpyxl 3.1: drawings other than
pictures and charts, extension lists, parts of newer Excel and of WPS); what openpyxl itself warns
of while loading is taken from its warnings.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable

from listlint.later import expression
from listlint.model import Text

_PARTS: tuple[tuple[str, Text], ...] = (
    (r"xl/slicers?/|xl/slicerCaches/", Text("slicers", "切片器")),
    (r"xl/timelines?/|xl/timelineCaches/", Text("timelines", "日程表")),
    (
        r"xl/threadedComments/",
        Text("threaded comments (kept as plain notes)", "会话式批注（转为普通批注）"),
    ),
    (r"xl/diagrams/", Text("SmartArt", "SmartArt 图形")),
    (r"xl/embeddings/", Text("embedded objects", "嵌入对象")),
    (r"xl/(activeX|ctrlProps)/", Text("form controls", "表单控件")),
    (r"xl/cellimages?\.xml", Text("pictures in cells (WPS)", "单元格内图片（WPS）")),
    (r"xl/richData/", Text("pictures and data types in cells", "单元格内的图片与数据类型")),
    (r"xl/(queryTables/|connections\.xml)", Text("data connections", "数据连接")),
    (r"xl/model/", Text("the data model", "数据模型")),
    (r"xl/charts/", Text("some formatting of charts", "图表的部分格式")),
    (
        r"xl/media/.*\.(emf|wmf|svg|tiff?)$",
        Text("pictures in EMF, WMF, SVG or TIFF", "EMF、WMF、SVG、TIFF 图片"),
    ),
    (r"_xmlsignatures/", Text("the digital signature", "数字签名")),
    (r"customXml/", Text("custom XML parts", "自定义 XML 部件")),
)
_SHAPES = expression(rb"<(?:\w+:)?(?:sp|cxnSp|grpSp)[ >]")
_SHAPES_TEXT = Text("text boxes and shapes", "文本框与形状")
_MACROS = expression(r"xl/vbaProject\.bin")
MACROS = Text("macros (name the output .xlsm to keep them)", "宏（将输出文件命名为 .xlsm 可保留）")
_FORMULA_VALUES = Text(
    "formula results (they are calculated again when the workbook is opened)",
    "公式的缓存结果（打开工作簿时重新计算）",
)
_DRAWING_BYTES = 8 << 20
_FORMULA = expression(rb"<(?:\w{1,8}:)?f[ >/]")
_RUN = expression(rb"<(?:\w{1,8}:)?r>")
_CHUNK, _OVERLAP = 1 << 20, 16

# Words of openpyxl's own warnings → what to call it.
_WARNED: tuple[tuple[str, Text], ...] = (
    ("Data Validation extension", Text("data validation of newer Excel", "新版 Excel 的数据验证")),
    (
        "Conditional Formatting extension",
        Text("conditional formatting of newer Excel", "新版 Excel 的条件格式"),
    ),
    ("Slicer List extension", Text("slicers", "切片器")),
    ("Sparkline Group extension", Text("sparklines", "迷你图")),
    ("Image support requires", Text("pictures (Pillow is not installed)", "图片（未安装 Pillow）")),
    ("image format is not supported", Text("pictures of an unknown format", "未知格式的图片")),
    ("image file is being dropped", Text("pictures of an unknown format", "未知格式的图片")),
    ("Unable to read chart", Text("charts", "图表")),
    ("Print area cannot be set", Text("print areas", "打印区域")),
    ("header or footer", Text("page headers and footers", "页眉与页脚")),
)


def in_file(path: str, keep_macros: bool) -> list[Text]:
    """What the workbook at `path` holds that loading and saving would drop. Empty if it is no zip."""
    found: list[Text] = []
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            found += [
                text for pattern, text in _PARTS if any(re.match(pattern, name) for name in names)
            ]
            if any(_has_shapes(archive, name) for name in names):
                found.append(_SHAPES_TEXT)
            if not keep_macros and any(_MACROS.match(name) for name in names):
                found.append(MACROS)
            if has(archive, "xl/worksheets/", _FORMULA):
                found.append(_FORMULA_VALUES)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return found
    return found


def has_rich_text(path: str) -> bool:
    """Whether some cell has text of several fonts; openpyxl loads others faster."""
    try:
        with zipfile.ZipFile(path) as archive:
            return has(archive, "xl/sharedStrings.xml", _RUN) or has(
                archive, "xl/worksheets/", _RUN
            )
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return True


def has(archive: zipfile.ZipFile, prefix: str, pattern: re.Pattern[bytes]) -> bool:
    """Whether one of the parts whose names begin so matches `pattern` (of at most `_OVERLAP` bytes)."""
    for name in archive.namelist():
        if not name.startswith(prefix):
            continue
        with archive.open(name) as part:
            tail = b""
            while chunk := part.read(_CHUNK):
                if pattern.search(tail + chunk):
                    return True
                tail = chunk[-_OVERLAP:]
    return False


def _has_shapes(archive: zipfile.ZipFile, name: str) -> bool:
    if not re.match(r"xl/drawings/drawing\d*\.xml$", name):
        return False
    with archive.open(name) as part:
        return _SHAPES.search(part.read(_DRAWING_BYTES)) is not None


def in_warnings(messages: Iterable[str]) -> list[Text]:
    """What openpyxl said it dropped while loading."""
    return [text for message in messages for mark, text in _WARNED if mark in message]


def together(*groups: Iterable[Text]) -> list[Text]:
    """The losses of all groups, each once."""
    return list(dict.fromkeys(text for group in groups for text in group))
