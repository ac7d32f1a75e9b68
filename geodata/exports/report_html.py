"""Pieces of the report's page: texts become markup here, and nowhere without being escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from geodata.say import tr, trn, written


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of text."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def definitions(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values; the values are markup already."""
    return f"<dl>{''.join(f'<div><dt>{escape(k)}</dt><dd>{v}</dd></div>' for k, v in pairs)}</dl>"


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[int] = (),
    caption: str = "",
    *,
    bars: Sequence[Sequence[float | None]] = (),
) -> str:
    """A table of texts; the columns of `numeric` are aligned at their ends. `bars`: for each row the shares (0 to 1) that
    are drawn under the numbers of its numeric columns."""
    kinds = [' class="n"' if i in numeric else "" for i in range(len(head))]
    top = "".join(f'<th scope="col"{k}>{escape(text)}</th>' for text, k in zip(head, kinds, strict=True))
    body = []
    for n, row in enumerate(rows):
        drawn = iter(bars[n] if bars else ())
        cells = [f"<td{k}><bdi>{escape(text)}</bdi>{_bar(next(drawn, None)) if k else ''}</td>" for text, k in zip(row, kinds, strict=True)]  # fmt: skip
        body.append(f"<tr>{''.join(cells)}</tr>")
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<div class="wide" tabindex="0"><table>{said}<thead><tr>{top}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'  # fmt: skip


def _bar(share: float | None) -> str:
    return "" if share is None else f'<span class="bar" style="inline-size:{max(0.0, min(1.0, share)) * 100:.1f}%"></span>'  # fmt: skip


def folded(title: str, parts: Iterable[str]) -> str:
    """What opens with one click."""
    return f"<details><summary>{escape(title)}</summary>{''.join(parts)}</details>"


def amount(value: Any, currency: str = "") -> str:
    """Money for a table, whole units."""
    return tr("not known") if value is None else f"{written(value, 0)} {currency}".strip()


def schools(count: int) -> str:
    """ "312 schools"."""
    return trn("{n} school", "{n} schools", count)
