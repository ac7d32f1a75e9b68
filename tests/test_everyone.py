"""Everyone: each page at 200 % zoom with axe, the map and the bar by keyboard alone, colours that can be told apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from geodata.layers import Atlas
from tests.browser import Visit, served, visitor

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """(tags) => axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }).then((found) =>
  found.violations.flatMap((one) => one.nodes.slice(0, 3).map((node) => `${one.id}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}`)))"""
# What stands out beyond the window, but inside what scrolls for itself (maps, tables, the grid).
WIDER = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] : [...document.querySelectorAll("#react-entry-point *")].filter((part) => {
  const box = part.getBoundingClientRect();
  if (!box.width || (box.right <= window.innerWidth && box.left >= 0)) return false;
  for (let place = part.parentElement; place && place !== document.body; place = place.parentElement) if (getComputedStyle(place).overflowX !== "visible") return false;
  return true;
}).map((part) => part.outerHTML.slice(0, 120)).concat(String(document.documentElement.scrollWidth))"""
# A chart or map without a table on its page, and a table with columns that nothing names.
TABLELESS = """() => [...document.querySelectorAll(".js-plotly-plot, .map")].filter((drawn) => ![drawn.closest("section"), drawn.parentElement.closest("section"), document.getElementById("page")]
  .some((place) => place?.querySelector("table, .ag-root"))).map((drawn) => drawn.id || drawn.className)"""
NAMELESS = """() => [...document.querySelectorAll("table")].filter((table) => table.tHead && !(table.caption?.textContent.trim() || table.getAttribute("aria-label") || table.getAttribute("aria-labelledby") || table.getAttribute("role") === "presentation"))
  .map((table) => table.outerHTML.slice(0, 160))"""
# What has the keyboard now: what it is, and whether that can be seen (its own outline, or that of what it is drawn by).
AT = """() => {
  const at = document.activeElement;
  const seen = [at, at.parentElement, at.nextElementSibling, at.closest(".mantine-Input-input")].some((one) => {
    const style = one && getComputedStyle(one);
    return style && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none");
  });
  at.dataset.visited = String(Number(at.dataset.visited ?? 0) + 1);
  return { tag: at.tagName, seen, times: Number(at.dataset.visited), html: at.outerHTML.slice(0, 140) };
}"""
PAGES = ("/", "/explore", "/prioritise", "/school?school=02030034", "/children", "/plan", "/equity", "/monitor", "/brief", "/briefing", "/compare", "/split", "/data", "/methods", "/bring", "/fieldwork")  # fmt: skip
QUICK = ("/",)  # the others are thorough: a visit to all takes a minute
WITH_LIST = ("/prioritise", "/plan", "/data")
ARABIC = ("/explore?lang=ar", "/school?school=02030034&lang=ar")


@pytest.fixture(scope="module")
def place(built: Callable[[str], Atlas]) -> Iterator[tuple[str, BrowserContext]]:
    """The demonstration served, and a visitor who sees 1440 × 900 enlarged to 200 %."""
    with served(built("demo").link) as base, sync_playwright() as playwright:
        context = visitor(playwright, 720, 450)
        context.add_init_script(path=AXE)
        yield base, context
        context.close()


@pytest.mark.browser
@pytest.mark.xdist_group("demo")
@pytest.mark.parametrize("path", [path if path in QUICK else pytest.param(path, marks=pytest.mark.thorough) for path in PAGES + ARABIC])  # fmt: skip
def test_a_page_at_twice_its_size_is_clean_and_loses_nothing(place: tuple[str, BrowserContext], path: str) -> None:
    base, context = place
    visit = Visit(context.new_page(), base)
    visit.open(path)
    page = visit.page
    page.wait_for_selector("#page h1, .slide h1, .slide h2", state="attached")
    page.wait_for_load_state("networkidle")
    if path in WITH_LIST:
        page.locator(".fm-grid").first.scroll_into_view_if_needed()
        page.wait_for_selector(
            ".ag-header-cell"
        )  # the grid hides its cells until it comes into view and has its widths
    found: dict[str, Any] = {
        "axe": page.evaluate(RUN, TAGS),
        "wider": page.evaluate(WIDER),
        "no table": page.evaluate(TABLELESS),
        "no name": page.evaluate(NAMELESS),
        "faults": visit.faults,
    }
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == (("ar", "rtl") if "lang=ar" in path else ("en", "ltr"))  # fmt: skip
    page.close()
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.xdist_group("demo")
def test_the_keyboard_reaches_everything_and_chooses_on_the_map(place: tuple[str, BrowserContext]) -> None:
    base, context = place
    visit = Visit(context.new_page(), base)
    visit.page.set_viewport_size({"width": 1440, "height": 900})
    visit.open("/explore", "explore-map")
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    stops = []
    for _ in range(120):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(AT))
        if stops[-1]["tag"] == "BODY" or stops[-1]["times"] > 1:
            break
    assert stops[-1]["tag"] == "BODY" or "skip" in stops[-1]["html"], stops[-1]  # round once, caught nowhere
    assert [stop for stop in stops[:-1] if not stop["seen"]] == []
    assert {"CANVAS", "INPUT", "BUTTON", "A", "SUMMARY"} <= {stop["tag"] for stop in stops}
    page.locator("#explore-map canvas").focus()
    said = page.locator("#explore-map .map-said")
    page.wait_for_function("() => document.querySelector('.map-said')?.textContent.includes('Enter')")
    name = re.search(r"middle: ([^,]+),", said.text_content() or "")
    assert name is not None
    page.keyboard.press("Enter")
    page.wait_for_url("**area=**")
    page.wait_for_function("(name) => document.querySelector('#page h1')?.textContent.includes(name)", arg=name[1])
    page.locator("#export").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=dialog]")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement?.id === 'export'")
    assert visit.faults == []
    page.close()


# --- colours ------------------------------------------------------------------------------------------------------------


def tokens() -> dict[str, str]:
    """Colours by token name, as the style sheets have them."""
    sheets = "".join((ROOT / "assets" / name).read_text("utf-8") for name in ("pages.css", "style.css"))
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-Fa-f]{6})", sheets))


def linear(colour: str) -> np.ndarray:
    """Linear red, green and blue, 0 to 1, of `#RRGGBB` in sRGB."""
    part = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def ratio(one: str, other: str) -> float:
    """Contrast of two colours by WCAG 2: 1 to 21."""
    dark, light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


# Viénot, Brettel and Mollon 1999 (red-, green-blind) and Machado et al. 2009 (blue-blind), on linear sRGB.
BLIND = {
    "no": np.eye(3),
    "red": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "green": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
    "blue": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]),
}


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB (D65) of linear sRGB."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    t = np.clip(to_xyz @ np.clip(rgb, 0, 1), 0, None) / [0.9505, 1, 1.089]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("ground", ["paper", "land", "action-soft", "white"])
@pytest.mark.parametrize(("text", "least"), [("ink", 7), ("ink-soft", 4.5), ("action", 4.5), ("not-connected", 4.5), ("connected", 4.5), ("partly", 3), ("not-reported", 3)])  # fmt: skip
def test_text_and_marks_stand_out_from_their_ground(text: str, least: float, ground: str) -> None:
    """Text 4.5, marks and focus 3; the hollow ring of "not reported" is filled with white wherever it stands."""
    if text == "not-reported" and ground != "white":
        return
    known = {**tokens(), "white": "#FFFFFF"}
    assert ratio(known[text], known[ground]) >= least


def test_every_colour_that_text_has_in_a_style_sheet_can_be_read() -> None:
    """`color:` of each rule against its own background where it names one, else against the darkest ground of the page."""
    known = {**tokens(), "white": "#FFFFFF"}
    poor = []
    for sheet in sorted((ROOT / "assets").glob("*.css")):
        if sheet.name == "briefing.css":  # its own dark ground is in the deck's test
            continue
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.S)):  # fmt: skip
            fore, back = colour_of(body, r"(?<![-\w])color", known), colour_of(body, r"background(?:-color)?", known)
            if fore and ratio(fore, back or known["land"]) < 4.5 and "mark" not in selector:
                poor.append((sheet.name, selector.strip(), fore, back, round(ratio(fore, back or known["land"]), 2)))
    assert poor == []


def colour_of(body: str, name: str, known: dict[str, str]) -> str:
    """The plain colour that a rule gives a property; empty where it gives none or something else."""
    found = re.search(
        rf"{name}\s*:\s*(?:var\(--([a-z0-9-]+)\)|(#[0-9A-Fa-f]{{6}}|#[0-9A-Fa-f]{{3}})\b)\s*(?:;|$|!)", body
    )
    if not found:
        return ""
    plain = known.get(found[1] or "", "") or (found[2] or "")
    return "#" + "".join(2 * c for c in plain[1:]) if len(plain) == 4 else plain


@pytest.mark.parametrize("eye", BLIND)
def test_the_four_states_stay_apart_for_every_eye(eye: str) -> None:
    known = tokens()
    seen = [lab(BLIND[eye] @ linear(known[name])) for name in ("connected", "partly", "not-connected", "not-reported")]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) >= 20


@pytest.mark.parametrize("eye", BLIND)
def test_the_steps_of_need_are_steps_in_grey_and_for_every_eye(eye: str) -> None:
    light = [lab(BLIND[eye] @ linear(tokens()[f"need-{n}"]))[0] for n in range(1, 7)]
    assert np.all(-np.diff(light) >= 8)
