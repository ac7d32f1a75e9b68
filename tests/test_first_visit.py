"""A first visit: what comes over the network before the page can be used, and what stands there before the scripts do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from dash import dcc, html
from playwright.sync_api import sync_playwright

from bench.visits import visit
from dashboard.app import create_app
from dashboard.before import as_html
from geodata.layers import Atlas
from tests.browser import served, visitor
from tests.factories import atlas, schools

MOST = 800_000  # bytes before the first use


@pytest.mark.browser
def test_a_first_visit_is_light_and_a_second_lighter(tmp_path: Path) -> None:
    """On the slow network of the bench, in an empty browser; the seconds are the bench's, the bytes a law."""
    place = atlas(tmp_path / "testland", schools(num_computers=[10, 0, None]))
    with served(place.link) as base, sync_playwright() as playwright:
        context = visitor(playwright)
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        first, second = visit(context, f"{base}/"), visit(context, f"{base}/")
        context.close()
    assert 100_000 < first.before <= first.whole <= MOST
    assert second.whole < first.whole / 10
    assert not [url for url in asked if re.search(r"plotly|ag_grid|maplibre-gl.*\.mjs", url)]


def test_home_stands_in_the_first_bytes_as_text_and_links(built: Callable[[str], Atlas]) -> None:
    client = create_app([built("demo")], tier="government").server.test_client()
    page = client.get("/?lang=fr").text
    assert '<html lang="fr"' in page
    body = page[page.index('class="before"') : page.index("<footer>")]
    assert "<h1>" in body
    assert re.search(r'<a href="/data\?[^"]*lang=fr', body)
    assert not re.search(r"<(script|button|input)|\sid=", body)
    assert 'class="before"' not in client.get("/explore").text
    assert client.get("/?data=nowhere").status_code == 200


def test_what_stands_there_before_the_scripts_is_escaped() -> None:
    nasty = '<script>alert("x")</script>'
    made = as_html(html.Div([html.P(nasty), dcc.Link(nasty, href='/a"b'), html.Button("Go"), None, 3], className=nasty, id="x"))  # fmt: skip
    assert "<script" not in made
    assert 'href="/a&quot;b"' in made
    assert "Go" not in made
    assert made.endswith("3</div>")


def test_files_whose_address_names_their_change_are_kept(built: Callable[[str], Atlas]) -> None:
    client = create_app([built("demo")]).server.test_client()
    address = re.search(r"/assets/style\.css\?m=[\d.]+", client.get("/explore").text)
    assert address is not None
    for asked, kept in ((address[0], True), ("/assets/style.css", False)):
        with client.get(asked) as answer:
            assert ("immutable" in answer.headers.get("Cache-Control", "")) is kept
