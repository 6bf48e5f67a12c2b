"""What commands share: options, the settings they make, and how a run stops that can't begin."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

    from listlint.config import Resolver, Settings
    from listlint.model import Lang, Report
    from listlint.policy.library import RuleSpec
    from listlint.run import Prepared

CLEAN, FOUND, WRONG, UNREAD = 0, 1, 2, 3


def ready() -> None:
    """Make the process one that ends well: whatever is said, and whoever ends it."""
    for stream in (sys.stdout, sys.stderr):
        # A console that can't show a character must not stop the run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # A cancelled job (`timeout`, CI) unwinds as Ctrl-C does, so that temporary files go.
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def stop(message: str) -> NoReturn:
    """Usage, configuration, policy or plugin is wrong: one line, exit 2."""
    print(f"listlint: {message}", file=sys.stderr)
    sys.exit(WRONG)


def guess_lang() -> Lang:
    """The reader's language from the environment; English unless it is Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    import locale

    found = locale.getlocale()[0] or ""
    return "zh" if found.lower().startswith(("zh", "chinese")) else "en"


_RULES = ("select", "ignore", "extend_select", "marketplace")
_VALUES = (
    "as_of", "fail_on", "jobs", "timeout", "max_memory", "max_cells", "baseline", "history",
)  # fmt: skip


def common_options(command: Any) -> Any:
    """The options of every command that loads rules."""
    import click  # takes longer than a short file's whole check: a plain run does without

    options: tuple[Callable[[Any], Any], ...] = (
        click.option(
            "--select", multiple=True, metavar="RULE,…", help="Only these rules, areas, packs."
        ),
        click.option("--ignore", multiple=True, metavar="RULE,…", help="All but these."),
        click.option(
            "--extend-select", multiple=True, metavar="RULE,…", help="These beside the selected."
        ),
        click.option(
            "--marketplace", multiple=True, metavar="ID", help="amazon.de, ebay.com … (repeatable)."
        ),
        click.option(
            "--config",
            "config",
            multiple=True,
            metavar="FILE|KEY=VALUE",
            help="Settings file, or one setting.",
        ),
        click.option("--isolated", is_flag=True, help="Read no settings file."),
        click.option("--as-of", metavar="DATE", help="Judge as on this day (YYYY-MM-DD)."),
        click.option("--lang", type=click.Choice(["en", "zh"]), help="Language of the messages."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def resolver_of(options: dict[str, Any]) -> Resolver:
    """The settings that options ask for; stops the run where they are wrong."""
    from listlint.config import ConfigError, Resolver, convert, key_name, merge

    given: dict[str, Any] = {}
    try:
        file: Path | None = None
        for item in options.get("config", ()):
            key, eq, value = item.partition("=")
            if eq and not Path(item).exists():
                name, plain = _setting(key_name(key.partition(".")[0], "--config"), key, value)
                merge(given, {name: convert(name, plain, f"--config {item}")})
            else:
                file = Path(item)
                if not file.is_file():
                    raise ConfigError(f"--config {item}: no such file")
        for name in _RULES:
            words = [w.strip() for item in options.get(name, ()) for w in item.split(",")]
            if any(words):
                given[name] = tuple(w for w in words if w)
        for name in _VALUES:
            if options.get(name) is not None:
                option = "--" + name.replace("_", "-")
                given[name] = convert(name, options[name], option)
        if options.get("lang"):
            given["lang"] = options["lang"]
        if options.get("no_cache") or options.get("timing"):
            given["cache"] = False
    except ConfigError as error:
        stop(str(error))
    return Resolver(file, bool(options.get("isolated")), given)


def _setting(name: str, key: str, value: str) -> tuple[str, Any]:
    """A `KEY=VALUE` as (setting, value): TOML where it looks so, a list where there are commas."""
    _, dot, inner = key.partition(".")
    if dot:
        return name, {inner: value}
    if value[:1] in ("[", "{", '"', "'"):
        import tomllib

        try:
            return name, tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            return name, value
    return name, [v.strip() for v in value.split(",")] if "," in value else value


def settings_of(inputs: tuple[str, ...], options: dict[str, Any]) -> Settings:
    """The settings of a command; stops the run where they are wrong."""
    from listlint.config import ConfigError

    resolver = resolver_of(options)
    try:
        return resolver.main(inputs)
    except ConfigError as error:
        stop(str(error))


_WAITS = {
    "en": "Preparing the policies, once after each installation or update (some 15 seconds) …",
    "zh": "正在准备规则库，仅在安装或更新后进行一次（约 15 秒）……",
}


def prepare_or_stop(settings: Settings) -> Prepared:
    """Rules, plugins and policies of the settings; stops the run where they are wrong."""
    from listlint.config import ConfigError
    from listlint.plugins import PluginError
    from listlint.policy.errors import PolicyError
    from listlint.run import prepare

    def waits() -> None:
        if sys.stderr.isatty():
            print(_WAITS[settings.lang or guess_lang()], file=sys.stderr)

    try:
        return prepare(settings, waits)
    except (ConfigError, PluginError, PolicyError, FileNotFoundError) as error:
        stop(str(error))


def rule_or_stop(prepared: Prepared, word: str) -> RuleSpec:
    """The rule that `word` names; stops where there is none."""
    spec = prepared.library.rule(word)
    if spec is None:
        import difflib

        words = [w for s in prepared.library.rules for w in (s.meta.code, s.meta.name)]
        close = difflib.get_close_matches(word, words, n=1)
        stop(f"no rule is called {word!r}" + (f"; did you mean {close[0]}?" if close else ""))
    return spec


def prepared_by_file(resolver: Resolver, main: Prepared) -> Callable[[str], Prepared]:
    """What each file is checked with; every configuration is prepared once."""
    known: dict[int, Prepared] = {id(main.settings): main}

    def prepared_for(path: str) -> Prepared:
        settings = resolver.of(path)
        found = known.get(id(settings))
        if found is None:
            found = known[id(settings)] = prepare_or_stop(settings)
        return found

    return prepared_for


def progress_bar() -> Any:
    """A progress bar on a terminal, nothing in a pipe."""
    from contextlib import nullcontext

    if not sys.stderr.isatty():
        return nullcontext()
    from listlint.progress import Bar

    return Bar()


def exit_code(report: Report, resolver: Resolver, main: Settings, exit_zero: bool = False) -> int:
    """3 where something was not read, 1 where a finding fails the run, else 0."""
    from listlint.model import Area, Severity

    if any(f.area is Area.FILE and f.severity is Severity.ERROR for f in report.findings):
        return UNREAD
    if exit_zero:
        return CLEAN
    known: dict[str, Settings] = {}
    for f in report.counted:
        path = f.location.path
        if path not in known:
            known[path] = main if path == "-" else resolver.of(path)
        if known[path].fail_on.meets(f):
            return FOUND
    return CLEAN
