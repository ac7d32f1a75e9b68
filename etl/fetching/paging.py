"""One pager for every service: it stops at the end, at a server that ignores the page number, and at a cap."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geodata.errors import SourceError

MOST_PAGES = 10_000
SAY_EVERY = 20  # pages


@dataclass(frozen=True)
class Pages:
    """All rows in the order of the service, exact repeats left out and counted; `notes` say what was met."""

    rows: list[dict[str, Any]]
    repeats: int = 0
    notes: tuple[str, ...] = ()
    pages: int = 0


def all_pages(
    ask_page: Callable[[int], list[dict[str, Any]]],
    *,
    service: str,
    first: int,
    size: int | None,
    id_of: Callable[[dict[str, Any]], str],
    most: int = MOST_PAGES,
    wary: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Pages:
    """Ask page after page until one is short (of `size`) or empty.

    `wary`: it is not sure that the service gives as many rows a page as it is asked for, so a first page that is short is
    not believed to be the last until the next one is empty.

    A page that begins as the one before it means that the page number was ignored: its rows are not taken, and the note
    says so. A row that comes again exactly is a repeat; rows of one id that differ are all kept. An id that is empty
    identifies nothing.
    """
    rows: list[dict[str, Any]] = []
    seen: set[bytes] = set()
    before: str | None = None
    repeats, notes, doubted = 0, [], False
    for number in range(most):
        page = _rows(ask_page(first + number), service)
        if not page:
            break
        start = _id(id_of, page[0])
        if start and start == before and number:
            if doubted:
                break
            notes.append(
                f"{service} gave the same page again for page {first + number}: it ignores the page number, so only what it gave before is read."
            )
            break
        if doubted:
            notes.append(f"{service} gives {len(rows):,} rows a page, fewer than it is asked for.")
            size, doubted = len(rows), False
        before = start
        for row in page:
            mark = hashlib.blake2b(f"{_id(id_of, row)}\0{row!r}".encode("utf-8", "replace"), digest_size=16).digest()
            if mark in seen:
                repeats += 1
                continue
            seen.add(mark)
            rows.append(row)
        if (number + 1) % SAY_EVERY == 0:
            tell(f"  {service}: {len(rows):,} rows so far …")
        if size is not None and len(page) < size:
            doubted = wary and not number
            if not doubted:
                break
    else:
        notes.append(f"{service} had more than {most:,} pages; reading stopped there, so rows may be missing.")
    if repeats:
        notes.append(f"{repeats:,} rows came again on another page and are kept once.")
    return Pages(rows, repeats, tuple(notes), min(number + 1, most))


def _rows(page: Any, service: str) -> list[dict[str, Any]]:
    if not isinstance(page, list) or not all(isinstance(row, dict) for row in page):
        raise SourceError(
            f"{service} answered a page that is no list of rows. Its answers may have changed: report this."
        )
    return page


def _id(id_of: Callable[[dict[str, Any]], str], row: dict[str, Any]) -> str:
    try:
        value = id_of(row)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return ""
    return "" if value is None else str(value)
