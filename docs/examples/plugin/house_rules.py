"""A local plugin: one rule of our own. Named in `listlint.toml` as `plugins = ["house_rules.py"]`."""

from collections.abc import Iterable
from datetime import date

from listlint.api import Area, Batch, Confidence, Hit, RuleMeta, Run, Severity, Source, Text


class InternalName:
    """No listing goes out with a project name of ours in its title."""

    meta = RuleMeta(
        code="LST901",
        name="house-internal-name",
        area=Area.LISTING,
        kind="python",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        message=Text("{match!r} is a project name of ours", "“{match}”是内部项目名"),
        why=Text("Shoppers would read it.", "顾客会看到。"),
        fix=Text("Use the product's public name.", "请改用对外的产品名。"),
        source=(Source("https://wiki.example.com/naming", "2026-11-01"),),
        pack="house/naming",
        effective=date(2026, 1, 1),
    )
    needs = ("title",)
    words = ("bluefin", "project x")

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """One hit a title that holds such a name."""
        for column, i, value in batch.filled("title"):
            for word in self.words:
                start = value.lower().find(word)
                if start >= 0:
                    end = start + len(word)
                    yield Hit(i, column, match=value[start:end], span=(start, end), term=word)
