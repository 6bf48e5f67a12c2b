"""A plan as a document: blocks, and how they look in Markdown and in HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Literal

from listlint.model import Lang
from listlint.reporters.markdown import escaped
from listlint.reporters.show import visible
from listlint.slotted import slotted

Kind = Literal["heading", "text", "note", "boxes", "table"]


@slotted(frozen=True, slots=True)
class Block:
    """A piece of the document; `lines` may quote a stranger's file, save those of a note."""

    kind: Kind
    lines: tuple[str, ...] = ()
    level: int = 2
    rows: tuple[tuple[str, ...], ...] = ()
    """Of a table: the first row is its head; cells come from a stranger's file."""


def as_markdown(blocks: Sequence[Block], lang: Lang) -> str:
    """The document as Markdown; whatever a file said is plain words in it."""
    parts = []
    for block in blocks:
        lines = [escaped(line) if block.kind != "note" else line for line in block.lines]
        lines = [line.replace("&#91;", "\\[").replace("&#93;", "\\]") for line in lines]
        if block.kind == "heading":
            parts.append(f"{'#' * block.level} {lines[0]}")
        elif block.kind == "note":
            parts.append("\n".join(f"> {line}" for line in lines))
        elif block.kind == "boxes":
            parts.append("\n".join(f"- [ ] {line}" for line in lines))
        elif block.kind == "table":
            head, *rows = [" | ".join(escaped(c) for c in row) for row in block.rows]
            ruler = "|---" * len(block.rows[0]) + "|"
            parts.append("\n".join([f"| {head} |", ruler, *(f"| {row} |" for row in rows)]))
        else:
            parts.append("\n\n".join(lines))
    return "\n\n".join(parts) + "\n"


_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }}
table {{ border-collapse: collapse; width: 100%; font-size: 0.9em; }}
th, td {{ border: 1px solid #767676; padding: 0.3em 0.5em; text-align: start; vertical-align: top; overflow-wrap: anywhere; }}
aside {{ border-inline-start: 4px solid #8a5a00; padding: 0.2em 1em; background: #fff7e6; }}
ul {{ list-style: none; padding-inline-start: 0; }}
li {{ margin: 0.3em 0; }}
@media print {{ body {{ margin: 0; max-width: none; }} h2 {{ break-after: avoid; }} tr, li {{ break-inside: avoid; }} }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def as_html(blocks: Sequence[Block], lang: Lang) -> str:
    """The document as one HTML page that opens in a word processor and prints; no script in it."""
    parts = []
    for block in blocks:
        lines = [escape(visible(line)) for line in block.lines]
        if block.kind == "heading":
            parts.append(f"<h{block.level}>{lines[0]}</h{block.level}>")
        elif block.kind == "note":
            parts.append(f"<aside>{''.join(f'<p>{line}</p>' for line in lines)}</aside>")
        elif block.kind == "boxes":
            items = "".join(f"<li>☐ {line}</li>" for line in lines)
            parts.append(f"<ul>{items}</ul>")
        elif block.kind == "table":
            head, *rows = block.rows
            cells = "".join(f'<th scope="col">{escape(visible(c))}</th>' for c in head)
            body = "".join(
                f"<tr>{''.join(f'<td>{escape(visible(c))}</td>' for c in row)}</tr>" for row in rows
            )
            parts.append(f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>")
        else:
            parts += [f"<p>{line}</p>" for line in lines]
    title = escape(visible(blocks[0].lines[0]))
    return _PAGE.format(lang="zh-CN" if lang == "zh" else "en", title=title, body="\n".join(parts))


FORMATS: dict[str, Callable[[Sequence[Block], Lang], str]] = {
    "markdown": as_markdown,
    "html": as_html,
}
