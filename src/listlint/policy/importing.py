"""`listlint policy import`: a pack of rules from a list that the user has downloaded.

What is read and what the rules say is data (`policies/imports/kinds.toml`). The pack is built in a
folder beside the target, linted and tried on its own examples there, and only then put in place.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from listlint.later import expression
from listlint.match.syntax import TermSyntaxError, check
from listlint.policy.errors import PolicyError
from listlint.policy.imported_pack import (
    Entry,
    Examples,
    Request,
    brands_text,
    examples_of,
    pack_text,
    terms_text,
)
from listlint.policy.imported_rows import Row, read_rows
from listlint.policy.paths import builtin
from listlint.policy.tables import read_toml
from listlint.slotted import field, slotted
from listlint.text.fold import fold

REVIEW_DAYS = 90
"""After so many days `listlint policy lint` asks for the list to be imported again."""
_DOMAIN = expression(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}")
_SYNTAX = expression(r"[*|…]|\.\.\.")


@slotted(slots=True)
class Imported:
    """What came of it: terms by rule code, and what was left out, with the first place."""

    terms: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, tuple[int, str]] = field(default_factory=dict)

    def leave_out(self, reason: str, row: Row, value: str) -> None:
        """Count one value that no rule looks for."""
        count, first = self.left_out.get(reason, (0, f"{row.place}: {value!r}"))
        self.left_out[reason] = (count + 1, first)


def kinds() -> dict[str, dict[str, Any]]:
    """The kinds of list by name."""
    found: dict[str, dict[str, Any]] = read_toml(builtin() / "imports" / "kinds.toml")["kind"]
    return found


def import_list(request: Request, today: date) -> Imported:
    """Write the pack. Raises `PolicyError`; then nothing is written and nothing is changed."""
    kind = kinds()[request.kind]
    source = request.source or kind.get("source")
    if source is None:
        raise PolicyError(
            "no rule without a source: add --source https://… (where the list is from)"
        )
    if not re.match(r"https?://\S+$", source):
        raise PolicyError(f"--source {source}: not a web address (https://…)")
    name = request.name or request.kind
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise PolicyError(f"--name {name}: use small letters, digits and hyphens (shop-words)")
    _check_target(request, name)
    rows = read_rows(request.file, kind, request.columns)
    report = Imported()
    rows = list(_kept(rows, kind, report))
    packed: list[tuple[dict[str, Any], list[Entry]]] = []
    for n, rule in enumerate(kind["rule"]):
        entries = _entries(request.file, rows, rule, report)
        if entries:
            data = _rule(request, kind, rule, n, source, f"{name}-{rule['column']}.csv")
            packed.append((data, entries))
            report.terms[data["code"]] = len(entries)
    if not packed:
        why = "; ".join(f"{c} left out: {r} ({at})" for r, (c, at) in report.left_out.items())
        raise PolicyError(f"{request.file}: nothing to look for in it{f': {why}' if why else ''}")
    head = {
        "id": f"{kind['area']}/{name}",
        "version": f"{today:%Y.%m}",
        "updated": today,
        "review_by": today + timedelta(days=REVIEW_DAYS),
    }
    _write(request, name, head, packed, source, today)
    return report


def _kept(rows: Sequence[Row], kind: Mapping[str, Any], report: Imported) -> Iterator[Row]:
    """The rows that no column of `drop` speaks against."""
    for row in rows:
        for column, words in kind.get("drop", {}).items():
            said = f" {fold(row.first(column)).strip()} "
            if any((w if not w.isascii() else f" {w} ") in said for w in words):
                report.leave_out(f"{column} {row.first(column)!r}", row, row.first("name"))
                break
        else:
            yield row


def _entries(
    file: Path, rows: Sequence[Row], rule: Mapping[str, Any], report: Imported
) -> list[Entry]:
    """The terms of one rule, each form once."""
    found: dict[tuple[str, str], Entry] = {}
    for row in rows:
        for cell in row.values.get(rule["column"], ()):
            parts = re.split(f"[{rule['split']}]", cell) if "split" in rule else [cell]
            for value in filter(None, (" ".join(p.split()) for p in parts)):
                terms = _terms(file, row, value, rule)
                if isinstance(terms, str):
                    report.leave_out(terms, row, value)
                    continue
                lang = row.first("lang").lower() or "any"
                for term in terms:
                    form = (" ".join(fold(term).split()) + "*" * term.count("*"), lang)
                    found.setdefault(form, Entry(term, lang, row.first("note")))
    return list(found.values())


def _terms(file: Path, row: Row, value: str, rule: Mapping[str, Any]) -> list[str] | str:
    """What is looked for to find `value`; or, as a sentence, why nothing is."""
    shape = rule["shape"]
    if shape == "terms":
        try:
            check([value])
        except TermSyntaxError as error:
            raise PolicyError(f"{file}: {row.place}: {error}") from None
        return [value]
    if shape == "gtin":
        return _gtin(value)
    if shape == "domain":
        host = value.lower().removeprefix("*.").lstrip("@.")
        return [host] if _DOMAIN.fullmatch(host) else "not a domain"
    plain = " ".join(_SYNTAX.sub(" ", value).split())
    words = fold(plain).split()
    letters = sum(map(len, words))
    wide = not plain.isascii()
    if not words or (letters < rule.get("min_letters", 1) and not (wide and letters > 1)):
        return "too short to tell it from other words"
    if len(words) < rule.get("min_words", 1) and not (wide and letters >= 2 * rule["min_words"]):
        return "too general to be looked for"
    if shape == "model" and not any(c.isdigit() for c in plain):
        return "a model without a digit"
    if shape == "party" and "individual" in row.first("kind").lower() and plain.count(",") == 1:
        last, first = (p.strip() for p in plain.split(","))
        return [f"{last} {first}", f"{first} {last}"] if first and last else [plain]
    return [plain]


def _gtin(value: str) -> list[str] | str:
    """A code in each length that a sheet may have it in (12, 13 or 14 digits)."""
    # Of "EAN: 4006381333931" the code; batch numbers stand in the same column.
    digits = re.sub(r"[\s-]", "", value.rpartition(":")[2])
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (8, 12, 13, 14):
        return "not a barcode of 8, 12, 13 or 14 digits"
    total = sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(reversed(digits)))
    if total % 10:
        return "a barcode with a wrong check digit"
    if len(digits) == 8:
        return [digits]
    bare = digits.lstrip("0")
    return [bare.zfill(n) for n in (12, 13, 14) if n >= len(bare)]


def _rule(
    request: Request,
    kind: Mapping[str, Any],
    rule: Mapping[str, Any],
    n: int,
    source: str,
    file: str,
) -> dict[str, Any]:
    """The rule's tables as the pack says them, without examples."""
    prefix, number = rule["code"][:-3], int(rule["code"][-3:])
    if request.code is not None:
        number = request.code + n
    brand = rule["shape"] == "mark"
    data: dict[str, Any] = {
        "code": f"{prefix}{number:03}",
        "name": f"{request.name}-{rule['name']}" if request.name else rule["name"],
        "kind": "brand" if brand else "terms",
        "severity": rule["severity"],
        "confidence": rule["confidence"],
        "jurisdictions": list(request.jurisdictions),
        "marketplaces": list(request.marketplaces),
        "suspension_reason": rule["suspension_reason"],
        "basis": "literal",
        "message": rule["message"],
        "why": kind["why"],
        "fix": kind["fix"],
        "source": [
            {"url": source, "retrieved": request.retrieved, "note": f"licence: {request.licence}"}
        ],
    }
    if "fields" in rule:
        data["fields"] = rule["fields"]
    # Codes, names and domains are compared as they stand; only words in texts are disguised.
    if rule["shape"] not in ("terms", "mark"):
        data["evasion"] = False
    data["brands_file" if brand else "terms_file"] = file
    return {**data, "unless": rule.get("unless", ()), "from": rule}


def _write(
    request: Request,
    name: str,
    head: Mapping[str, Any],
    packed: Sequence[tuple[dict[str, Any], list[Entry]]],
    source: str,
    today: date,
) -> None:
    """Build, try and put in place."""
    out = request.out
    try:
        stage = Path(tempfile.mkdtemp(prefix=".listlint-", dir=out.parent))
    except OSError as error:
        raise PolicyError(f"{out}: can't be written: {error.strerror}") from None
    try:
        for data, entries in packed:
            brand = data["kind"] == "brand"
            text = (brands_text if brand else terms_text)(entries, source, request)
            (stage / data["brands_file" if brand else "terms_file"]).write_text(text, "utf-8")
        pack = stage / f"{name}.toml"
        examples = [examples_of(data["from"], entries) for data, entries in packed]
        pack.write_text(pack_text(request, head, packed, examples), "utf-8")
        _drop_flagged(pack, packed, examples)
        pack.write_text(pack_text(request, head, packed, examples), "utf-8")
        _prove(pack, out, today)
        stage.chmod(0o777 & ~_umask())
        _put(stage, out)
    except OSError as error:
        raise PolicyError(f"{out}: can't be written: {error.strerror}") from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _umask() -> int:
    import os

    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _put(stage: Path, out: Path) -> None:
    """Rename the finished folder to its name; one that is there is put back if that fails."""
    if not out.exists():
        stage.rename(out)
        return
    old = stage.with_name(f"{stage.name}-old")
    out.rename(old)
    try:
        stage.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _check_target(request: Request, name: str) -> None:
    """Whether the folder may be written. Only what an import wrote is ever replaced."""
    out = request.out
    if not out.parent.is_dir():
        raise PolicyError(f"the folder {out.parent} does not exist; create it first")
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise PolicyError(f"{out} is there and is no folder; choose another")
    if not out.exists():
        return
    if not request.force:
        raise PolicyError(f"{out} is there already; --force writes it anew")
    columns = {rule["column"] for rule in kinds()[request.kind]["rule"]}
    ours = {f"{name}.toml", *(f"{name}-{column}.csv" for column in columns)}
    others = sorted(p.name for p in out.iterdir() if p.name not in ours)
    if others:
        raise PolicyError(
            f"{out} holds {others[0]}, which is not of this list; choose another folder"
        )


def _drop_flagged(
    pack: Path, packed: Sequence[tuple[dict[str, Any], list[Entry]]], examples: Sequence[Examples]
) -> None:
    """Take out good examples in which the list itself names a word of ours (a list with "linen")."""
    from listlint.policy.library import load_profiles
    from listlint.policy.load import pack_files
    from listlint.policy.testing import run_tests

    shipped = builtin()
    outcome = run_tests([pack], pack_files([shipped]), load_profiles([shipped]))
    for (data, _), shown in zip(packed, examples, strict=True):
        flagged = {f.number for f in outcome.failures if (f.code, f.kind) == (data["code"], "good")}
        shown["good"] = [e for n, e in enumerate(shown["good"], 1) if n not in flagged]
        if not shown["good"]:
            raise PolicyError(
                f"the list flags every ordinary listing it is tried on (rule {data['code']}); "
                "take its most general words out"
            )


def _prove(pack: Path, out: Path, today: date) -> None:
    """Raise `PolicyError` unless the pack passes what `listlint test` and `policy lint` ask."""
    from listlint.policy.library import load_profiles
    from listlint.policy.lint import lint_policies
    from listlint.policy.load import pack_files
    from listlint.policy.testing import run_tests

    shipped = builtin()
    shared, profiles = pack_files([shipped]), load_profiles([shipped])
    said = [str(f) for f in run_tests([pack], shared, profiles).failures]
    said += [str(f) for f in lint_policies([pack], shared, profiles, today)]
    if said:
        raise PolicyError(said[0].replace(pack.parent.as_posix(), out.as_posix()))
