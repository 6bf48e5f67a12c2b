"""What `--timing` shows: where the time of a run went, by stage and by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from listlint.model import Lang, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from listlint.counters import Work

SLOWEST = 15
_STAGES: Mapping[str, Text] = {
    "policies": Text("load settings, plugins, policies", "加载设置、插件、规则"),
    "engine": Text("build the engine", "构建引擎"),
    "read": Text("read and map columns", "读取并识别列"),
    "words": Text("look for the words of all rules", "查找所有规则的词语"),
    "shapes": Text("look for the shapes of all rules", "查找所有规则的模式"),
    "rules": Text("rules, one by one", "逐条规则检查"),
    "keys": Text("keys of rules across rows", "跨行规则的键"),
    "decide": Text("keys meet, decide, sort", "汇合键、裁定、排序"),
    "write": Text("write reports", "写出报告"),
}
_COUNTS: tuple[tuple[str, Text], ...] = (
    ("rows", Text("rows checked", "已检查行")),
    ("cells", Text("cells of them", "其中单元格")),
    ("folded", Text("characters folded", "归一化字符")),
    ("scanned", Text("bytes scanned", "扫描字节")),
    ("tries", Text("expressions tried", "尝试的表达式")),
    ("places", Text("matches judged", "判断的匹配")),
    ("unmasked", Text("cells unmasked", "解除伪装的单元格")),
    ("findings", Text("findings before settings", "裁定前的发现")),
    ("keys", Text("keys", "键")),
)


def table(
    work: Work, wall: float, names: Mapping[str, str], plugins: Collection[str], lang: Lang
) -> str:
    """The work as text. `wall`: seconds by the clock; `names`: rule code → name; `plugins`: codes of
    rules that come from plugins, which are named as such and always shown when they are slow."""
    total = sum(work.stages.values())
    head = Text(
        f"{wall:.2f} s by the clock, {total:.2f} s of CPU in all processes",
        f"时钟时间 {wall:.2f} 秒，所有进程 CPU 合计 {total:.2f} 秒",
    )
    lines = [head.get(lang)]
    for name, text in _STAGES.items():
        spent = work.stages.get(name, 0.0)
        lines.append(f"{spent:9.3f} s {spent / (total or 1):5.0%}  {text.get(lang)}")
    lines += ["", Text("The slowest rules", "最慢的规则").get(lang)]
    own = Text("plugin", "插件").get(lang)
    slowest = sorted(work.rules.items(), key=lambda item: (-item[1], item[0]))
    share = sum(work.rules.values()) or 1.0
    for place, (code, spent) in enumerate(slowest):
        slow_plugin = code in plugins and spent > 0.02 * share
        if place < SLOWEST or slow_plugin:
            mark = f"  [{own}]" if code in plugins else ""
            lines.append(f"{spent:9.3f} s {spent / share:5.0%}  {code} {names.get(code, '')}{mark}")
    lines.append("")
    lines += [f"{getattr(work, name):>14,}  {text.get(lang)}" for name, text in _COUNTS]
    return "\n".join(lines)
