"""A real browser on the real server: what the journey tests share. Nothing here knows what a right answer is."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, TimeoutError, expect

ROOT = Path(__file__).resolve().parents[1]
SCREENS = ROOT / "test-output" / "screens"
FLAGS = ["--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking", "--disable-gpu-rasterization", "--disable-gpu-compositing"]  # fmt: skip
WAIT = 60_000  # software WebGL on a busy machine
expect.set_options(timeout=WAIT)
SETTLED = """(id) => {
  const one = window.firstmile?.maps?.get(id);
  return Boolean(one && one.spec && one.spec === one.wanted && one.map.loaded() && !one.map.isMoving()
    && Number(one.map.getContainer().dataset.idle ?? 0) > 0);
}"""
AREAS = (
    "(id) => window.firstmile.maps.get(id).map.getSource('areas').serialize().data.features.map((f) => f.properties)"
)
PIXEL = """([id, at]) => { const map = window.firstmile.maps.get(id).map, p = map.project(at), box = map.getCanvas().getBoundingClientRect(); return [box.x + p.x, box.y + p.y]; }"""


def chromium() -> str:
    """Path of the browser; without one these tests are skipped, under CI that is a failure."""
    path = os.environ.get("FIRSTMILE_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Chromium for the browser tests (set FIRSTMILE_CHROMIUM)")
        pytest.skip("no Chromium on this machine (set FIRSTMILE_CHROMIUM)")
    return path


def launch(playwright: Playwright) -> Browser:
    """The browser, without a window, drawing WebGL in software."""
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


def visitor(playwright: Playwright, width: int = 1440, height: int = 900) -> BrowserContext:
    """A visitor's own browser with a profile on disk, so that it keeps what it compiled from page to page, as a person's
    does: a third less work for each page than in a private window."""
    return playwright.chromium.launch_persistent_context(
        "",
        executable_path=chromium(),
        args=FLAGS,
        viewport={"width": width, "height": height},
        accept_downloads=True,
        reduced_motion="reduce",
    )


@contextmanager
def served(folder: Path, tier: str = "government", *more: Path) -> Iterator[str]:
    """The address of `firstmile serve` (of one country, or `more`) on a free port of the loopback; ended, by its own process, at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "firstmile", "serve", str(folder), *map(str, more), "--port", str(port), "--tier", tier, "--workers", "1"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        greeting = process.stdout.readline() if process.stdout else ""
        assert f"http://127.0.0.1:{port}" in greeting, greeting
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


@dataclass
class Visit:
    """One visitor: a page, and what went wrong on it."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        host = urlsplit(self.base).netloc
        page = self.page
        page.set_default_timeout(WAIT)
        page.on("console", lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda e: self.faults.append(f"script: {e}"))
        page.on("response", lambda r: self.faults.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.on("request", lambda r: self.faults.append(f"request to another server: {r.url}") if urlsplit(r.url).scheme.startswith("http") and urlsplit(r.url).netloc != host else None)  # fmt: skip

    def open(self, address: str = "/", map_id: str = "") -> None:
        """Go to an address, and wait for the map where the page has one."""
        self.page.goto(self.base + address)
        if map_id:
            self.settle(map_id)

    def settle(self, map_id: str) -> None:
        """Wait until the map has what it was asked for, stands still and is drawn."""
        self.page.wait_for_function(SETTLED, arg=map_id)

    def until(self, expression: str, within: float = 60) -> None:
        """Wait until an expression holds; asked from outside, since the page's own policy forbids evaluating text."""
        end = time.monotonic() + within
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"never came true: {expression}"
            self.page.wait_for_timeout(100)

    def areas(self, map_id: str) -> dict[str, dict[str, Any]]:
        """What the areas on the map say, by id, those outside the selection left out."""
        self.settle(map_id)
        return {f["id"]: f for f in self.page.evaluate(AREAS, map_id) if f["class"] != -2}

    def until_areas(self, map_id: str, wanted: dict[str, float], within: float = 45) -> dict[str, dict[str, Any]]:
        """Wait until the areas on the map have these values; fails with the difference."""
        end, off = time.monotonic() + within, {}
        while time.monotonic() < end:
            found = self.areas(map_id)
            off = {a: (v, found.get(a, {}).get("value")) for a, v in wanted.items() if not near(found.get(a, {}).get("value"), v)}  # fmt: skip
            if not off and found.keys() == wanted.keys():
                return found
            self.page.wait_for_timeout(300)
        raise AssertionError(f"the map does not show what was computed (wanted, shown): {dict(list(off.items())[:8])}")

    def click_map(self, map_id: str, at: tuple[float, float]) -> None:
        """Click a place on the map: longitude, latitude."""
        self.settle(map_id)
        self.page.mouse.click(*self.page.evaluate(PIXEL, [map_id, list(at)]))

    def hover_map(self, map_id: str, at: tuple[float, float]) -> None:
        """Bring the pointer to a place on the map: longitude, latitude."""
        self.settle(map_id)
        x, y = self.page.evaluate(PIXEL, [map_id, list(at)])
        self.page.mouse.move(x - 40, y - 40)
        self.page.mouse.move(x, y, steps=4)

    def query(self) -> str:
        """The query part of the address."""
        return urlsplit(self.page.url).query

    def until_address(self, pattern: str) -> None:
        """Wait until the address matches."""
        self.page.wait_for_url(re.compile(pattern))

    def shot(self, name: str, *, full: bool = False) -> None:
        """A screenshot kept as test output, where somebody wants to look at them (FIRSTMILE_SCREENS): drawing them is slow."""
        if os.environ.get("FIRSTMILE_SCREENS"):
            SCREENS.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(SCREENS / f"{name}.png"), full_page=full)

    # --- the list of Prioritise -----------------------------------------------------------------------------------

    def open_list(self, query: str = "") -> None:
        """Prioritise at a query, map and first rows there."""
        self.open("/prioritise" + (f"?{query}" if query else ""), "prioritise-map")
        self.page.wait_for_selector("#list-grid .fm-school-link")

    def row(self, index: int) -> dict[str, str]:
        """The texts of a row on the screen by column, scrolled to if need be; `id` from the school's link."""
        self.page.evaluate("(i) => window.dash_ag_grid.getApi('list-grid').ensureIndexVisible(i)", index)
        selector = f'#list-grid .ag-row[row-index="{index}"] .fm-school-link'
        self.page.wait_for_selector(selector)
        found: dict[str, str] = self.page.evaluate(ROW, index)
        for _ in range(50):  # the list draws a row anew as it scrolls: between waiting and reading it may be gone
            if {"id", "rank", "lacks_count", "data_confidence"} <= found.keys():
                break
            self.page.wait_for_timeout(100)
            found = self.page.evaluate(ROW, index)
        return found

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """Rows of the list as the screen shows them, a screenful at a time."""
        found: dict[int, dict[str, str]] = {}
        for index in range(start, stop):
            if index in found:
                continue
            found[index] = self.row(index)
            found |= {int(i): row for i, row in self.page.evaluate(ROWS, [index, stop]).items()}
        return [found[i] for i in range(start, stop)]

    def until_rows(self, ids: list[str], start: int = 0) -> None:
        """Wait until the list shows these schools from a row on; fails with those that it shows there."""
        try:
            self.page.wait_for_function(SHOWN, arg=[ids, start])
        except TimeoutError:
            assert [r["id"] for r in self.rows(start, start + len(ids))] == ids
            raise


ROW = """(i) => {
  const out = {};
  for (const cell of document.querySelectorAll(`#list-grid .ag-row[row-index="${i}"] .ag-cell`)) {
    out[cell.getAttribute("col-id")] = cell.innerText;
    const link = cell.querySelector("a.fm-school-link");
    const rank = cell.querySelector(".fm-rank");
    if (cell.getAttribute("col-id") === "priority_rank") out.rank = rank ? rank.innerText : cell.innerText.split("\\n")[0];
    if (link) { out.id = new URLSearchParams(new URL(link.href).search).get("school"); out.name = link.innerText; }
  }
  return out;
}"""
# Whole rows on the screen from one on, by index; rows of the buffer that are not drawn wholly are left for later.
ROWS = """([start, stop]) => {
  const one = READ_ONE_ROW, out = {};
  const indexes = new Set([...document.querySelectorAll("#list-grid .ag-row[row-index]")].map((r) => Number(r.getAttribute("row-index"))));
  for (const i of indexes) {
    const row = i >= start && i < stop ? one(i) : {};
    if (["id", "rank", "lacks_count", "data_confidence"].every((key) => key in row)) out[i] = row;
  }
  return out;
}""".replace("READ_ONE_ROW", ROW)
SHOWN = """([ids, start]) => {
  const api = window.dash_ag_grid.getApi("list-grid");
  if (start && api.getDisplayedRowCount() > start + ids.length) api.ensureIndexVisible(start, "top");
  return ids.every((id, i) => {
    const link = document.querySelector(`#list-grid .ag-row[row-index="${start + i}"] a.fm-school-link`);
    return link && new URLSearchParams(new URL(link.href).search).get("school") === id;
  });
}"""


def near(shown: float | None, wanted: float) -> bool:
    """Whether a number on the map (rounded to four places) is the one computed; NaN is None there."""
    return shown is None if isnan(wanted) else shown is not None and abs(shown - wanted) < 1e-3
