"""The formats that are XML: JUnit and Checkstyle."""

from __future__ import annotations

from typing import IO
from xml.etree import ElementTree

from listlint.model import Area, Finding, Report, Severity, SheetEntry
from listlint.reporters import words
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.redact import for_format
from listlint.reporters.show import place_label, sentence, sheet_label, visible

_Sheet = tuple[str, str | None]


def _write(root: ElementTree.Element, out: IO[str]) -> None:
    ElementTree.indent(root)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(ElementTree.tostring(root, encoding="unicode") + "\n")


def _by_sheet(report: Report) -> dict[_Sheet, list[Finding]]:
    """The findings that count by sheet; sheets without findings are there too."""
    found: dict[_Sheet, list[Finding]] = {(e.path, e.sheet): [] for e in report.files}
    for finding in report.counted:
        found.setdefault((finding.location.path, finding.location.sheet), []).append(finding)
    return found


class JunitReporter(TextFormat):
    """A suite a sheet, a test case a finding.

    Errors and warnings fail, info passes with its text, what could not be read is an error, a
    field that was not checked is skipped; a sheet with none of these is one case that passes.
    """

    name = "junit"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the document."""
        report = for_format(report, style, public=True)
        entries = {(e.path, e.sheet): e for e in report.files}
        root = ElementTree.Element("testsuites", name="listlint")
        totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
        for sheet, findings in _by_sheet(report).items():
            suite = _suite(sheet, findings, entries.get(sheet), style)
            for key in totals:
                totals[key] += int(suite.get(key, "0"))
            root.append(suite)
        for key, count in totals.items():
            root.set(key, str(count))
        _write(root, out)


def _suite(
    sheet: _Sheet, findings: list[Finding], entry: SheetEntry | None, style: Style
) -> ElementTree.Element:
    label = sheet_label(*sheet)
    suite = ElementTree.Element("testsuite", name=label)
    counts = {"failure": 0, "error": 0, "skipped": 0}
    for finding in findings:
        name = f"{finding.rule} {finding.name} {finding.location.cell or ''}"
        case = _case(suite, label, name)
        message = sentence(finding.message.get(style.lang))
        lang = style.lang
        # Labelled, so that no line of the document begins with words of the user's file.
        details = (
            f"{words.WHY.get(lang)}{words.COLON.get(lang)}{sentence(finding.why.get(lang))}\n"
            f"{words.FIX.get(lang)}{words.COLON.get(lang)}{sentence(finding.fix.text.get(lang))}"
        )
        if finding.severity is Severity.INFO:
            ElementTree.SubElement(case, "system-out").text = f"{message}\n{details}"
            continue
        kind = "error" if finding.area is Area.FILE else "failure"
        counts[kind] += 1
        outcome = ElementTree.SubElement(case, kind, message=message, type=finding.severity.value)
        outcome.text = f"{visible(sheet[0])} {place_label(finding.location)}\n{details}"
    for missing in entry.not_checked if entry else ():
        reason = words.because(missing.because).get(style.lang)
        case = _case(suite, label, missing.field)
        ElementTree.SubElement(case, "skipped", message=visible(reason))
        counts["skipped"] += 1
    if len(suite) == 0:
        _case(suite, label, "clean")
    suite.set("tests", str(len(suite)))
    for kind, key in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(key, str(counts[kind]))
    return suite


def _case(suite: ElementTree.Element, label: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(
        suite, "testcase", classname=label, name=visible(name).strip(), time="0"
    )


class CheckstyleReporter(TextFormat):
    """A `file` a file, an `error` a finding; the cell stands before the message."""

    name = "checkstyle"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the document."""
        report = for_format(report, style, public=True)
        root = ElementTree.Element("checkstyle", version="10.0")
        files: dict[str, ElementTree.Element] = {}
        for (path, _), findings in _by_sheet(report).items():
            if path not in files:
                files[path] = ElementTree.SubElement(root, "file", name=visible(path))
            for finding in findings:
                where = place_label(finding.location)
                message = sentence(finding.message.get(style.lang))
                ElementTree.SubElement(
                    files[path],
                    "error",
                    line=str(finding.location.row or 1),
                    severity=finding.severity.value,
                    message=f"{where}: {message}" if where else message,
                    source=f"listlint.{finding.rule}",
                )
        _write(root, out)
