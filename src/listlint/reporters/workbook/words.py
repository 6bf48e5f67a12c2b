"""What the checked workbook says of its own accord, in both languages."""

from __future__ import annotations

from listlint.model import SEVERITY_TEXT, Severity, Text

CHECKED = Text("Checked by listlint", "listlint 检查结果")
AS_OF = Text("Judged as on", "判定日期")
AREA = Text("Area", "领域")
TOTAL = Text("Total", "合计")
WORST_PLACE = Text("Go to the worst", "跳到最严重处")
FIND_ALL = Text("All findings", "全部问题")
ALL_RULES = Text("Rules involved", "涉及的规则")
COLOURS = Text("Colours", "颜色")
FILES = Text("Files", "文件")
FILE = Text("File", "文件")
SHEET = Text("Sheet", "工作表")
TAKEN_FOR = Text("Taken for", "识别为")
NOT_CHECKED = Text("Not checked", "未检查")
NOTES = Text("Notes", "说明")
FIRST = Text("Look at these first", "请先处理")
RISK = Text("Suspension risk (listlint's estimate)", "停用风险（listlint 估计）")
SKU = Text("SKU", "SKU")
WHY = Text("Why", "原因")
FIX = Text("What to do", "怎么办")
SOURCE = Text("Source", "依据")
SEVERITY = Text("Severity", "级别")
RULE = Text("Rule", "规则")
NAME = Text("Name", "名称")
CELL = Text("Cell", "单元格")
ROW = Text("Row", "行")
COLUMN = Text("Column", "列")
WORDS = Text("Words", "原文")
MESSAGE = Text("What was found", "问题")
CONFIDENCE = Text("Confidence", "置信度")
MARKETPLACES = Text("Marketplaces", "平台")
COUNTED = Text("Not counted because", "不计入的原因")
COUNT = Text("Findings", "问题数")
MORE = Text("More sources", "其他依据")
ACTION = Text("Do", "处理")
WHOLE_ROW = Text("about the whole row", "针对整行")
CLIPPED = Text("… (more in the sheet of all findings)", "……（更多见“全部问题”表）")

SEVERITY_WORD = SEVERITY_TEXT
SEVERITY_MEANS: dict[Severity, Text] = {
    Severity.ERROR: Text("likely takedown or suspension", "很可能被下架或停用"),
    Severity.WARNING: Text("a reviewer would ask", "审核人员会追问"),
    Severity.INFO: Text("advice", "建议"),
}

REBUILT = Text(
    "{path}: written anew from what was read, as text; only values, no styles, formulas or pictures",
    "{path}：按读取到的内容重新写成，仅含文本值，不含样式、公式或图片",
)
TOO_MANY_NOTES = Text(
    "{sheet}: {n} cells have no note (spreadsheet programs slow down past {limit}); "
    "they are coloured, and listed in the sheet of all findings",
    "{sheet}：{n} 个单元格未加批注（超过 {limit} 条会使表格程序变慢）；已着色，并列入“全部问题”表",
)
TOO_MANY_ROWS = Text(
    "{sheet}: the rows after {limit} are left out, a sheet holds no more",
    "{sheet}：第 {limit} 行之后的内容未写入，单个工作表容纳不下",
)
TOO_MANY_FINDINGS = Text(
    "{n} findings are not listed, a sheet holds no more; the JSON report has them all",
    "{n} 个问题未列出，单个工作表容纳不下；JSON 报告中有全部内容",
)
ONLY_ROWS = Text(
    "{path}: can't be opened again, so only the flagged cells are shown ({reason})",
    "{path}：无法再次打开，因此只显示有问题的单元格（{reason}）",
)
NOT_ANNOTATED = Text(
    "{path}: can't be written back as it was ({reason}); written anew from its values instead",
    "{path}：无法按原样写回（{reason}）；改为按其中的值重新写成",
)
CANT_KEEP = Text(
    "{path}: the checked workbook can't keep: {what}", "{path}：检查后的工作簿无法保留：{what}"
)
