"""Why a cell or a file is left as it is."""

from __future__ import annotations

from listlint.model import Text

CANT_ENCODE = Text("the file's encoding has no such characters", "文件编码不支持所需字符")
CANT_WRITE = Text("can't be written", "无法写入")
DIFFERENT = Text("the cell does not read as it did", "单元格内容与检查时不同")
FORMULA = Text(
    "it would become a formula, or is one; change it by hand", "是公式或会变成公式，请手动修改"
)
INSIDE = Text("it is inside an archive; unpack it first", "在压缩包内，请先解压")
MALFORMED = Text("it is damaged or not written as it should be", "文件损坏或书写不规范")
NO_WRITER = Text(
    "this format can't be changed; save it as xlsx or CSV", "不支持修改该格式，请另存为 xlsx 或 CSV"
)
NOT_THERE = Text("the cell is not where it was", "找不到该单元格")
STDIN = Text("standard input can't be changed", "无法修改标准输入")


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A file or cell that is not changed; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text
