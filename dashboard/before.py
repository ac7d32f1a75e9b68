"""Home as plain HTML in the page's first bytes: read and clicked while the scripts are still on their way.

On a poor network the interface's scripts take seconds. Until they draw the page, its words and links stand there already,
made from the same layout; without scripts (an old phone, a text browser) that is all there is, and it says so. Only what
is text is taken over: components of other kinds are left to the scripts. Ids are left out, for the scripts bring theirs.
"""

from __future__ import annotations

from html import escape
from typing import Any

from dash.development.base_component import Component
from flask import request

from dashboard import page, shell
from geodata.errors import FirstMileError
from geodata.say import tr

# What of a component's properties is an attribute of HTML; the others are those of the scripts.
ATTRIBUTES = {"className": "class", "href": "href", "lang": "lang", "dir": "dir", "title": "title", "role": "role", "scope": "scope"}  # fmt: skip
NEEDS_SCRIPTS = {"Button", "Input", "Form", "Img"}  # pictures can wait: words come first
EMPTY = {"Br", "Hr"}


def home() -> str:
    """The page Home for the present request; nothing for other pages, or where the address asks for what is not there."""
    if request.path != page.HOME:
        return ""
    try:
        desk, view = page.here(request.query_string.decode("utf-8", "replace"))
        one = next(found for found in page.pages() if found.path == page.HOME)
        body = as_html(one.layout(desk, view))
        tabs = "".join(map(as_html, shell.tabs(one.path, view, desk.atlas.synthetic)))
    except FirstMileError:  # the scripts will say what is wrong, in its place
        return ""
    without = f'<noscript><p class="notice">{escape(tr("Maps, lists and plans need a browser with scripts switched on."))}</p></noscript>'
    bar = f'<div class="bar"><span class="brand">{escape(tr("First Mile"))}</span></div><nav class="tabs">{tabs}</nav>'
    return f'<div class="before"><header class="head">{bar}</header>{without}<main class="page">{body}</main></div>'


def as_html(part: Any) -> str:
    """A component as HTML text, everything in it escaped; numbers and text as they are, nothing for None."""
    if part is None or isinstance(part, bool):
        return ""
    if isinstance(part, (list, tuple)):
        return "".join(map(as_html, part))
    if not isinstance(part, Component):
        return escape(str(part))
    told = part.to_plotly_json()
    kind, room, given = told["type"], told["namespace"], told["props"]
    inside = as_html(given.get("children"))
    if kind in NEEDS_SCRIPTS:
        return ""
    if room == "dash_html_components" or kind == "Link":
        tag = "a" if kind == "Link" else kind.lower()
        said = "".join(f' {name}="{escape(str(value), quote=True)}"' for name, value in _attributes(given))
        return f"<{tag}{said}>" if kind in EMPTY else f"<{tag}{said}>{inside}</{tag}>"
    return inside


def _attributes(given: dict[str, Any]) -> list[tuple[str, Any]]:
    known = [(ATTRIBUTES.get(key, key), value) for key, value in given.items() if key in ATTRIBUTES or key.startswith("aria-")]  # fmt: skip
    hidden = [("hidden", "")] if given.get("hidden") else []
    return [(name, value) for name, value in known if value not in (None, "")] + hidden
