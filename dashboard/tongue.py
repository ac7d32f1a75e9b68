"""In which language a request is answered, and the switch that chooses it.

The address says it (`lang=ar`); what a page asks for behind its back (callbacks, files) carries that address as its
referrer, which our own policy keeps whole within this server; answers that browsers keep name it in their stamp. Where
nothing says it, the browser's own wish decides, else English. No cookie is set.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from dash import Dash, html
from dash.development.base_component import Component
from flask import Flask, Response, g, has_request_context, request

from geodata.say import LANGUAGES, Language, language, remembered, speak, tr

KEY = "lang"
ASSETS = Path(__file__).resolve().parents[1] / "assets"
WAITING = re.compile(r'<div class="_dash-loading">.*?</div>', re.DOTALL)  # what Dash itself shows meanwhile
_SAY = re.compile(r"""\bsay\(\s*"((?:[^"\\]|\\.)*)\"""")
INDEX = """<!DOCTYPE html>
<html lang="{code}" dir="{direction}">
<head>{metas}<title>{title}</title>{favicon}{css}</head>
<body>{app_entry}<footer>{config}{scripts}{renderer}</footer></body>
</html>"""


def install(server: Flask) -> None:
    """Speak the language of each request, and say in the answer which it was."""

    @server.before_request
    def _speak() -> None:
        code, said = asked()
        g.language_said = said
        speak(code)

    @server.after_request
    def _told(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers["Content-Language"] = language().code
            response.vary.add("Accept-Language")
        return response


def asked() -> tuple[str, bool]:
    """The language of the request, and whether an address said it rather than the browser's settings."""
    stamped = str((request.view_args or {}).get("stamp", "")).rpartition("-")[2]
    try:
        behind = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # such as http://[
        behind = urlsplit("")
    own = behind.netloc == request.host and not _is_page()
    for code in (stamped, request.args.get(KEY, ""), *(parse_qs(behind.query).get(KEY, ()) if own else ())):
        if code in LANGUAGES:
            return code, True
    wished = (code.partition("-")[0].lower() for code in request.accept_languages.values())  # pt-BR is Portuguese
    return next((code for code in wished if code in LANGUAGES), "en"), False


def _is_page() -> bool:
    """Whether a person moves here, whose address alone counts: where she comes from says nothing of it."""
    return request.method == "GET" and "." not in request.path and not request.path.startswith("/_")


def kept() -> str:
    """The language that links must carry to stay in it: none where nothing but the usual would be said."""
    said = has_request_context() and g.get("language_said", False)
    return language().code if said or language().code != "en" else ""


def index(app: Dash, before: Callable[[], str] = str) -> None:
    """The page's first bytes say the language and its direction, so that nothing turns round once it is drawn.

    `before` gives what stands there as HTML until the scripts draw the page; nothing leaves the word "Loading".
    """

    def page(**parts: str) -> str:
        here = language()
        parts["title"] = tr("First Mile")
        entry = parts["app_entry"].replace("Loading...", tr("Loading …"))
        parts["app_entry"] = WAITING.sub(lambda _: ready, entry) if (ready := before()) else entry
        return INDEX.format(code=here.code, direction=here.direction, **parts)

    app.interpolate_index = page  # type: ignore[method-assign]


def onwards() -> str:
    """The mark between a place and one inside it, which points the way one reads."""
    return "◂" if language().direction == "rtl" else "▸"


def switch() -> Component:
    """The languages there are, each by its own name; `assets/firstmile.js` keeps the rest of the address."""
    here = language()
    return html.Details(
        [
            html.Summary(
                [here.code.upper(), html.Span(" ▾", **{"aria-hidden": "true"})],
                className="plain-button",
                title=tr("Language: {name}", name=here.name),
                **{"aria-label": f"{here.code.upper()} {tr('Language: {name}', name=here.name)}"},
            ),
            html.Div(
                [
                    html.Ul([html.Li(_link(one, here)) for one in LANGUAGES.values()]),
                    *([] if here.reviewed else [html.P(unreviewed(), className="fm-small fm-soft")]),
                ],
                className="tongue-menu",
            ),
        ],
        id="tongue",
        className="tongue",
        **{"data-words": script_words()},
    )


def _link(one: Language, here: Language) -> Component:
    return html.A(
        one.name,
        href=f"?{KEY}={one.code}",
        lang=one.code,
        dir=one.direction,
        hrefLang=one.code,
        className="tongue-link",
        **{"data-lang": one.code, **({"aria-current": "true"} if one == here else {})},
    )


def unreviewed() -> str:
    """What is said of a catalogue that no native speaker has read."""
    return tr("No native speaker has reviewed this translation yet. English decides where the two differ.")


@cache
def script_messages(folder: Path = ASSETS) -> tuple[str, ...]:
    """What the browser's own scripts say: the literals of `say("…")` in them."""
    files = sorted([*folder.glob("*.js"), *folder.glob("*.mjs")])
    found = {json.loads(f'"{text}"') for file in files for text in _SAY.findall(file.read_text(encoding="utf-8"))}
    return tuple(sorted(found))


@remembered(maxsize=8)
def script_words() -> str:
    """The translations that the scripts need, as JSON; empty in English."""
    pairs = {} if language().code == "en" else {text: tr(text) for text in script_messages()}
    return json.dumps(pairs, ensure_ascii=False)
