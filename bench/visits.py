"""A first and a second visit under a poor network (1 Mbit/s, 300 ms), as a browser meets it: bytes and seconds a page.

    python -m bench.visits ATLAS [PAGE ...]

The browser is real and empty at the first visit; the network is slowed by the browser's own emulation. "Usable" is when
the page's heading and a link or control below it can be used; a map, a grid or a chart may still be on its way.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.browser import served, visitor  # noqa: E402

SLOW = {"offline": False, "latency": 300, "downloadThroughput": 1_000_000 / 8, "uploadThroughput": 500_000 / 8}
PAGES = ("/", "/explore", "/prioritise", "/plan", "/equity", "/monitor", "/brief", "/data")
USABLE = "#page h1"


@dataclass
class Met:
    """What one visit cost: bytes over the network before the page was usable and in all, seconds until its heading stood to be
    read (on Home that is in the first answer) and until it was usable."""

    before: int = 0
    whole: int = 0
    read: float = 0.0
    seconds: float = 0.0


@contextmanager
def counted(page: Page) -> Iterator[list[int]]:
    """The bytes of every answer as they crossed the network, headers and all, in the order they ended."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    got: list[int] = []
    session.on("Network.loadingFinished", lambda event: got.append(int(event["encodedDataLength"])))
    yield got
    session.detach()


def visit(context: BrowserContext, address: str) -> Met:
    """Open an address in a new page under the slow network."""
    page = context.new_page()
    with counted(page) as got:
        begin = time.perf_counter()
        page.goto(address, wait_until="commit", timeout=120_000)
        page.wait_for_selector("h1", timeout=120_000)
        read = time.perf_counter() - begin
        page.wait_for_selector(USABLE, timeout=120_000)
        met = Met(before=sum(got), read=read, seconds=time.perf_counter() - begin)
        page.wait_for_load_state("networkidle", timeout=120_000)
        met.whole = sum(got)
    page.close()
    return met


def main() -> None:
    """Print a row a page: the first visit of an empty browser, then the second of the same."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("atlas", type=Path)
    options.add_argument("pages", nargs="*", default=PAGES)
    given = options.parse_args()
    table = Table(
        "page",
        "first: KB before use",
        "KB in all",
        "s to read",
        "s to use",
        "second: KB",
        "s to read",
        "s to use",
        title="1 Mbit/s, 300 ms",
    )
    with sync_playwright() as playwright, served(given.atlas) as base:
        for path in given.pages:
            context = visitor(playwright)
            first, second = visit(context, base + path), visit(context, base + path)
            context.close()
            cells = (
                first.before / 1024,
                first.whole / 1024,
                first.read,
                first.seconds,
                second.whole / 1024,
                second.read,
                second.seconds,
            )
            table.add_row(path, *(f"{cell:,.1f}" if place in (2, 3, 5, 6) else f"{cell:,.0f}" for place, cell in enumerate(cells)))  # fmt: skip
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
