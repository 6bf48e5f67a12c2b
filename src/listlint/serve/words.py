"""Words of the local page."""

from __future__ import annotations

from listlint.model import Text

UI: dict[str, Text] = {
    "title": Text("listlint", "listlint"),
    "hero": Text("See what the marketplace would see, before it does", "赶在平台之前发现问题"),
    "intro": Text(
        "Check a listing spreadsheet for what would get the account suspended: which cell, which "
        "words, which policy, what to do.",
        "检查商品表中可能导致账户停用的问题：哪个单元格、哪些词、哪条政策、怎么改。",
    ),
    "promise_local": Text(
        "Stays on this computer; deleted when you close the page",
        "文件只留在本机，关闭页面后即删除",
    ),
    "promise_workbook": Text(
        "Your own workbook back, with the cells marked", "返回您自己的工作簿，并标出有问题的单元格"
    ),
    "promise_source": Text(
        "Every finding says why, what to do, and where it is written",
        "每个问题都写明原因、改法和依据",
    ),
    "language": Text("Language", "语言"),
    "drop": Text("Drop spreadsheets here, or choose them", "把表格拖到这里，或点击选择"),
    "formats": Text(
        "Excel, CSV, TSV, ODS, XML, JSON, or a zip of them; at most {mb} MB",
        "Excel、CSV、TSV、ODS、XML、JSON 或其 zip 压缩包；最多 {mb} MB",
    ),
    "marketplaces": Text("Marketplaces", "平台"),
    "marketplaces_hint": Text(
        "none chosen: as the file says, else the rules that hold on most of them",
        "不选则按文件内容判断，否则按多数平台通用的规则检查",
    ),
    "marketplaces_more": Text("More marketplaces", "更多平台"),
    "check": Text("Check", "开始检查"),
    "checking": Text("Checking …", "正在检查……"),
    "rows": Text("{file}: {n} rows checked", "{file}：已检查 {n} 行"),
    "wait": Text("The findings appear here when the check is done.", "检查完成后将在此显示结果。"),
    "again": Text("Check another file", "检查其他文件"),
    "failed": Text("Something went wrong", "出错了"),
    "no_file": Text("No file was chosen.", "没有选择文件。"),
    "too_large": Text("The files are larger than {mb} MB.", "文件超过 {mb} MB。"),
    "full": Text(
        "Too many checks are open. Close some of their pages and try again.",
        "打开的检查过多。请关闭部分页面后重试。",
    ),
    "gone": Text(
        "This check is not here any more; its files were deleted.", "此检查已不存在，其文件已删除。"
    ),
    "not_found": Text("There is no such page.", "没有这个页面。"),
}
