"""Write docs/dictionary.md, docs/methods.md, docs/prices.md and docs/recipes.md from the declarations. `make docs` runs it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pydantic import BaseModel  # noqa: E402

from etl.quality import checks  # noqa: E402
from etl.recipe import Recipe  # noqa: E402
from geodata.costing.books import book, books  # noqa: E402
from geodata.costing.items import ITEMS  # noqa: E402
from geodata.declare import Criterion, Indicator, Method, found  # noqa: E402
from geodata.fields import FIELDS, Field, companions  # noqa: E402
from geodata.formulas import formula_of  # noqa: E402
from geodata.policy import NUMBERS  # noqa: E402
from geodata.tables import TABLES  # noqa: E402

MADE = "<!-- Written by `make docs` from the declarations; change those, not this file. -->\n"


def table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A Markdown table; bars in a cell are escaped, line breaks become spaces."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return (
        "\n".join(
            "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ").strip() for cell in row) + " |"
            for row in lines
        )
        + "\n"
    )


def _allowed(field: Field) -> str:
    if field.kind == "yesno":
        return "yes, no"
    if field.allowed:
        return ", ".join(field.allowed)
    low = "" if field.minimum is None else f"from {field.minimum:g}"
    high = "" if field.maximum is None else f"to {field.maximum:g}"
    return f"{low} {high}".strip()


def dictionary() -> str:
    """Every column of every table."""
    parts = [
        MADE,
        "# Data dictionary\n",
        "Empty means not reported, never no and never zero. Columns marked † have `_evidence`, `_source` and `_date` beside them. Sensitive columns are not shown to the public.\n",
    ]
    for each in TABLES.values():
        parts.append(f"## {each.name}\n")
        rows = [
            (
                f"`{f.name}`{' †' if companions(f.name) else ''}",
                f.title,
                f.definition,
                f.unit,
                _allowed(f),
                f.sensitivity.value,
                f.reference,
            )
            for f in each.fields
        ]
        parts.append(
            table(("column", "on the screen", "meaning", "unit", "allowed", "who may see it", "reference"), rows)
        )
    seen = {name for each in TABLES.values() for name in each.columns}
    rest = [(f"`{f.name}`", f.title, f.definition, f.unit) for f in FIELDS.values() if f.name not in seen]
    if rest:
        parts += ["## Other fields\n", table(("column", "on the screen", "meaning", "unit"), rest)]
    return "\n".join(parts)


def ways() -> list[str]:
    """How everything is worked out, with the examples worked out now."""
    parts = ["## How it is worked out\n", "The worked examples are of eight invented schools, and run through the very code that makes the numbers.\n"]  # fmt: skip
    for m in found(Method, "geodata.methods").values():
        numbers = ", ".join(f"`{name}`" for name in m.policy)
        parts += [f"### {m.title}\n", f"{m.text}\n", f"- Formula: {m.formula}", f"- Reference: {m.reference}"]
        parts += [f"- Decided by: {numbers}"] if numbers else []
        parts += ["- Worked example:", *(f"  {k}. {line}" for k, line in enumerate(m.example(), start=1))] if m.example else []  # fmt: skip
        parts.append("")
    return parts


def methods() -> str:
    """Ways of working, indicators, criteria, policy numbers and checks."""
    indicators, criteria = found(Indicator, "geodata.indicators"), found(Criterion, "geodata.criteria")
    parts = [MADE, "# What the numbers mean\n", *ways(), "## Indicators\n"]
    parts.append(
        "A share is of the schools for which it is known; it stands beside how many are not reported, and between what it would be if every one of those were the worst and the best.\n"
    )
    parts.append(
        table(
            ("indicator", "title", "code", "unit", "definition", "formula", "reference"),
            [
                (f"`{i.name}`", i.title, i.code, i.unit, i.definition, formula_of(i), i.reference)
                for i in indicators.values()
            ],
        )
    )
    parts += [
        "## What a school can lack\n",
        "The priority group counts the things lacking, whatever their weights; the score orders within the group. What is scored only is never counted. An item with no data anywhere leaves the index, and its weight is shared out among the rest.\n",
    ]
    parts.append(
        table(
            ("thing", "title", "side", "definition", "formula", "weight", "counts as lacking", "reference"),
            [
                (
                    f"`{c.name}`",
                    c.title,
                    c.pillar,
                    c.definition,
                    c.formula,
                    f"`{c.weight}`",
                    f"{'from' if c.inclusive else 'above'} `{c.cutoff}`" if c.counted else "scored only",
                    c.reference,
                )
                for c in criteria.values()
            ],
        )
    )
    parts += ["## Policy numbers\n", "A recipe's `[policy]` or the screen may set each of them otherwise.\n"]
    parts.append(
        table(
            ("name", "title", "default", "unit", "meaning", "reference"),
            [(f"`{n.name}`", n.title, n.value, n.unit, n.definition, n.reference) for n in NUMBERS.values()],
        )
    )
    parts += [
        "## Checks of a register\n",
        table(
            ("check", "what it does", "in a sentence", "reference"),
            [(f"`{c.name}`", c.severity, c.sentence, c.reference) for c in checks().values()],
        ),
    ]
    return "\n".join(parts)


def _models(model: type[BaseModel]) -> list[tuple[str, type[BaseModel]]]:
    inside = []
    for name, field in model.model_fields.items():
        for part in _parts(field.annotation):
            inside += [(name, part), *[(f"{name}.{below}", deeper) for below, deeper in _models(part)]]
    return inside


def _parts(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [part for argument in get_args(annotation) for part in _parts(argument)]


def _default(field: Any) -> str:
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    plain = isinstance(value, str | int | float | bool) and value != ""
    return f"`{value}`" if plain else ""


def recipes() -> str:
    """The recipe language, from its models."""
    parts = [
        MADE,
        "# Recipes\n",
        "A place is one TOML file and, where its values need them, alias CSVs. `firstmile inspect FILE` writes a first draft. A wrong recipe gets a message with the file, the key, the reason and the nearest right name.\n",
    ]
    many = {"source", "boundary", "context", "ages"}
    for name, model in _models(Recipe):
        parts.append(f"## `{'[[' + name + ']]' if name in many else '[' + name + ']'}`\n")
        parts.append(f"{(model.__doc__ or '').strip()}\n")
        parts.append(
            table(
                ("key", "default", "meaning"),
                [(f"`{key}`", _default(field), field.description or "") for key, field in model.model_fields.items()],
            )
        )
    parts += ["## `[policy]`\n", "Policy numbers that the country sets otherwise; `docs/methods.md` lists them.\n"]
    return "\n".join(parts)


def prices() -> str:
    """The shipped price books: every price of each, with its range and source."""
    said = "All are provisional, in US dollars; `docs/costs.md` says what they rest on and what they are not. The middle of each book:\n"
    rows = [(f"`{i}`", d.title, d.unit, *(f"{book(b).at(i):,g}" for b in books())) for i, d in ITEMS.items()]
    parts = [MADE, "# Unit prices\n", said, table(("item", "what", "for each", *books()), rows)]
    heads = ("item", "low", "price", "high", "year", "source", "note")
    for name in books():
        costs = book(name).costs.values()
        rows = [(f"`{c.item}`", *(f"{n:,g}" for n in (c.low, c.mid, c.high)), c.price_year, c.source, c.note) for c in costs]  # fmt: skip
        parts += [f"## `{name}`: {book(name).title}\n", table(heads, rows)]
    return "\n".join(parts)


PAGES = {"dictionary.md": dictionary, "methods.md": methods, "prices.md": prices, "recipes.md": recipes}


def main() -> None:
    """Write the pages."""
    for name, page in PAGES.items():
        (ROOT / "docs" / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
