"""The shape of policy files, checked by pydantic: what a pack may say and nothing else.

Imported only where packs are compiled or linted; a run that finds its packs in the cache never
loads pydantic. `listlint policy schema` prints this as JSON Schema.
"""

from __future__ import annotations

from datetime import date
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from listlint.later import expression
from listlint.match.scale import FLOOR
from listlint.model import AREA_OF_PREFIX

KINDS = ("terms", "pattern", "brand", "licence", "identifier", "limit", "learned", "python")
_BRACES = (
    "in braces may stand match, match!r (in quotes), term, field, column, sku, value, detail, "
    "document, state, limit or brand; a brace itself is written twice"
)
CODE = expression(r"^([A-Z]{2,4})(\d{3})$")
KEBAB = expression(r"^[a-z0-9]+(-[a-z0-9]+)*$")

PLACES = (
    "match", "term", "field", "column", "sku", "value", "detail", "document", "state", "limit",
    "brand",
)  # fmt: skip
"""What a rule's sentences may name in braces."""


def _joined(text: str) -> str:
    """A phrase on one line: a long one may be written over several."""
    return " ".join(text.split()) if "\n" in text else text


Names = list[Annotated[str, Field(min_length=1)]]
Phrases = list[Annotated[str, Field(min_length=1), AfterValidator(_joined)]]
TermLists = Phrases | dict[str, Phrases]
"""A plain list (any language), or a table language → list."""


class Strict(BaseModel):
    """Unknown keys are errors everywhere."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Words(Strict):
    """A sentence in English and Simplified Chinese."""

    en: Annotated[str, Field(min_length=1)]
    zh: Annotated[str, Field(min_length=1)]


class SourceModel(Strict):
    url: Annotated[str, Field(pattern=r"^https?://")]
    retrieved: date
    note: str | None = None


class Condition(Strict):
    """One thing that must be so. All keys given must hold together."""

    context: str | list[str] | None = None
    """Name(s) of shared contexts (`policies/contexts/*.toml`); any of them."""
    before: TermLists | None = None
    """These words stand before the match, at most `within` words away."""
    after: TermLists | None = None
    near: TermLists | None = None
    """Before or after."""
    inside: TermLists | None = None
    """The match is part of one of these longer phrases."""
    listing: TermLists | None = None
    """These words stand anywhere in the listing's text."""
    field: dict[str, TermLists] | None = None
    """Canonical field → words that occur in it; `["*"]` means not empty."""
    within: Annotated[int, Field(ge=1, le=30)] = 3
    clause: bool = False
    """No comma or dash may stand between those words and the match."""
    across: Annotated[str, Field(pattern="^[?!？！;；]+$")] | None = None
    """Sentence marks that part nothing: `?`, for a question and its answer belong together."""
    terms: Phrases | None = None
    """Only for these of the rule's terms."""
    brand: Literal["own", "authorised", "listed"] | None = None
    """own: the matched brand is the listing's brand; authorised: in the register; listed: any brand is given."""
    price_below: float | None = None
    price_above: float | None = None
    lang: list[str] | None = None
    """Only when the term belongs to one of these languages."""
    not_: Annotated[bool, Field(alias="not")] = False
    """Turn the meaning round."""
    note: str | None = None


class Example(Strict):
    """A listing that must be flagged (`bad`) or must not (`good`)."""

    listing: dict[str, str | list[str]] = {}
    rows: list[dict[str, str | list[str]]] | None = None
    """Several rows of one sheet in place of `listing`, for rules across rows."""
    match: str | None = None
    """The exact words, for bad examples of rules that look at words."""
    field: str | None = None
    """Where the finding must be."""
    state: str | None = None
    """For licence rules: the state of the need."""
    severity: Literal["error", "warning", "info"] | None = None
    marketplace: str | None = None
    as_of: date | None = None
    register_: Annotated[list[dict[str, str]] | None, Field(alias="register")] = None
    """Rows of a register sheet."""
    authorisations: list[dict[str, str]] | None = None
    seller: dict[str, str | list[str]] | None = None
    note: str | None = None


class Limit(Strict):
    """Bounds of a field's text."""

    max_chars: int | None = None
    min_chars: int | None = None
    max_bytes: int | None = None
    max_items: int | None = None
    """At most so many filled columns of a repeating field, or parts of a cell with `separator`."""
    separator: Annotated[str, Field(min_length=1)] | None = None
    """What parts the items of one cell (`cup,mug`); `max_chars` and `max_items` then count these."""
    max_repeat: int | None = None
    """No word more often than this (articles, prepositions and conjunctions aside)."""
    min_share: Annotated[float, Field(gt=0, le=1)] | None = None
    """With `max_repeat`: only when the word is at least this share of the text's words."""
    forbidden: str | None = None
    """Characters that may not occur."""
    max_upper_ratio: float | None = None


class Rule(Strict):
    code: str
    name: str
    kind: Literal[
        "terms", "pattern", "brand", "licence", "identifier", "limit", "learned", "python"
    ]  # fmt: skip
    severity: Literal["error", "warning", "info"]
    confidence: Literal["high", "medium", "low"] = "high"
    message: Words
    why: Words
    fix: Words
    source: Annotated[list[SourceModel], Field(min_length=0)]
    basis: Literal["literal", "policy", "expert"] = "policy"
    """literal: the words stand in the source; policy: an expansion of a heading that was read; expert: judgement."""
    suspension_reason: str | None = None
    jurisdictions: list[str] = []
    """Where the law or policy holds (US, US-CA, EU, DE, UK, JP, CN …); empty: everywhere."""
    marketplaces: list[str] = []
    """Profile ids or `*`-patterns (`amazon.*`); empty: every one."""
    effective: date | None = None
    expires: date | None = None
    fields: Names | None = None
    """Canonical fields to look at; default: every field of group `text`, plus material and ingredients."""
    when: list[Condition] = []
    """All must hold."""
    unless: list[Condition] = []
    """Any one excuses."""

    # kind = terms (and the trigger of kind = licence)
    terms: TermLists | None = None
    terms_file: str | None = None
    """CSV beside the pack with columns term,lang,note,source; of kind = licence, its triggers."""
    evasion: bool = True
    """Look for disguises of the terms too."""
    exact_case: bool = False
    """Terms match only as written (for abbreviations such as ICE)."""

    # kind = pattern
    patterns: Names | None = None
    """Regular expressions on the text as folded (lower case, plain characters) …"""
    raw: bool = False
    """… or, if true, on the cell as it stands."""

    # kind = brand
    brands_file: str | None = None

    # kind = licence
    triggers: TermLists | None = None
    triggers_from: str | list[str] | None = None
    """Name(s) of shared word lists (`words/NAME.toml` beside the pack, or those of policies/licence):
    their triggers, excuses and examples are added to the rule's own."""
    document: str | list[str] | None = None
    """Key(s) of policies/licence/documents/; any one of them meets the need."""

    # kind = identifier
    identifier: str | list[str] | None = None
    """Key(s) of policies/seller/identifiers/; the value must be one of them."""
    check: str | None = None
    """Which part of the identifier this rule reports: format, checksum, prefix, …"""

    limit: Limit | None = None

    # kind = learned
    weights_file: str | None = None
    """CSV beside the pack: column `trait`, and one an area with what the trait weighs there."""

    # kind = python
    was: list[str] = []
    """Codes and names that the rule went by before: what users wrote of them goes on to hold."""

    implementation: str | None = None
    """Name under which the Python rule is registered."""
    options: dict[str, Any] = {}

    replacement: dict[str, str] = {}
    """Term → what to write instead ("" drops the words); used by `--unsafe-fixes`."""
    bad: Annotated[list[Example], Field(min_length=1)]
    good: Annotated[list[Example], Field(min_length=1)]

    @field_validator("code")
    @classmethod
    def _code(cls, value: str) -> str:
        match = CODE.match(value)
        if not match or match[1] not in AREA_OF_PREFIX:
            raise ValueError(
                f"a code is one of {', '.join(AREA_OF_PREFIX)} and three digits, not {value!r}"
            )
        return value

    @field_validator("was")
    @classmethod
    def _was(cls, value: list[str]) -> list[str]:
        for word in value:
            if not CODE.match(word) and not KEBAB.match(word):
                raise ValueError(f"an old code (BEH170) or name (bare-address), not {word!r}")
        return value

    @field_validator("name", "suspension_reason")
    @classmethod
    def _kebab(cls, value: str | None) -> str | None:
        if value is not None and not KEBAB.match(value):
            raise ValueError(f"names are kebab-case (counterfeit-claim), not {value!r}")
        return value

    @model_validator(mode="after")
    def _braces(self) -> Rule:
        if self.kind == "python":  # which names are there is the implementation's to say
            return self
        for key in ("message", "why", "fix"):
            for lang in ("en", "zh"):
                sentence = getattr(getattr(self, key), lang)
                try:
                    named = [name for _, name, _, _ in Formatter().parse(sentence)]
                except ValueError:
                    raise ValueError(f"{key}.{lang}: {_BRACES}") from None
                if wrong := [n for n in named if n is not None and n not in PLACES]:
                    raise ValueError(f"{key}.{lang}: {{{wrong[0]}}} means nothing; {_BRACES}")
        return self

    @model_validator(mode="after")
    def _complete(self) -> Rule:
        wanted: dict[str, tuple[object, str]] = {
            "terms": (self.terms or self.terms_file, "terms or terms_file"),
            "pattern": (self.patterns, "patterns"),
            "brand": (self.brands_file, "brands_file"),
            "licence": (self.document, "document"),
            "identifier": (self.identifier, "identifier"),
            "limit": (self.limit, "limit"),
            "learned": (self.weights_file, "weights_file"),
            "python": (self.implementation, "implementation"),
        }
        value, what = wanted[self.kind]
        if not value:
            raise ValueError(f"kind {self.kind!r} needs {what}")
        least = self.options.get("least", 0)
        if self.kind == "learned" and not (isinstance(least, int | float) and least >= FLOOR):
            raise ValueError(f"options.least is a number (log odds), {FLOOR} or more")
        if not self.source and not self.code.startswith("FILE"):
            raise ValueError("source: every rule names where it was read (only FILE rules may not)")
        return self


class PackHead(Strict):
    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$")]
    version: str
    updated: date
    review_by: date
    title: Words | None = None


class PackModel(Strict):
    """A policy file: `[pack]` and its `[[rule]]`s."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    pack: PackHead
    rule: list[Rule]


class ListExample(Strict):
    """A listing that each rule with the list must flag (or must not) when nothing is held."""

    listing: dict[str, str | list[str]]
    lang: str = "en"
    """Only for rules that use the list's words of this language."""
    note: str | None = None


class WordsModel(Strict):
    """A shared word list: what a kind of thing is called, and what only sounds like it."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    triggers: dict[str, Phrases]
    unless: list[Condition] = []
    bad: list[ListExample] = []
    good: list[ListExample] = []


class ContextModel(Strict):
    """A shared context: conditions of which any one is enough."""

    name: str
    what: Words
    any: Annotated[list[Condition], Field(min_length=1)]


class ContextFile(Strict):
    schema_: Annotated[Literal[1], Field(alias="schema")]
    context: list[ContextModel]


class ListFacts(Strict):
    """Where a list of facts is from."""

    what: str
    source: Annotated[str, Field(min_length=1)]
    """A web address; `expert` for what was put together for listlint."""
    retrieved: date
    licence: Annotated[str, Field(min_length=1)]
    """Terms on which the list may be used."""
    review_by: date
    refresh: Annotated[str, Field(min_length=1)]
    """How it is made anew."""


class ListsModel(Strict):
    """`lists.toml`: the lists of a folder by the names of their files."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    list: dict[str, ListFacts]
