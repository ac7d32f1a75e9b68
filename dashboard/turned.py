"""Charts for whoever reads from right to left: mirrored, their texts kept whole, numbers as the language separates them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from geodata.say import language, separators

# pixels: standoff and edge, a title beside the labels, a letter of 13 pixels, the most
EDGE, TITLE, LETTER, MOST_ROOM = 18.0, 28.0, 7.5, 260.0
_OTHER = {"left": "right", "right": "left"}
_BEGIN, _END = "\u2067", "\u2069"  # the text between them reads from right to left, whatever stands around it


def turned(figure: Any) -> dict[str, Any]:
    """A figure as plain values, in the direction of the language spoken now; the figure itself is left as it is."""
    drawn: dict[str, Any] = deepcopy(figure.to_plotly_json())
    layout = drawn.setdefault("layout", {})
    layout["separators"] = separators()
    if language().direction == "rtl":
        room = _room(layout, drawn.get("data", ()))
        _mirror(layout)
        layout["margin"]["r"] = max(layout["margin"]["r"], room)
        for trace in drawn.get("data", ()):
            _trace(trace)
    return drawn


def _room(layout: dict[str, Any], traces: Any) -> float:
    """Pixels that the labels of the y axes need on the right: there the library measures them too small and cuts them."""
    shown = [axis for name, axis in layout.items() if name.startswith("yaxis") and axis.get("showticklabels", True)]
    said = [str(text) for axis in shown for text in axis.get("ticktext") or ()]
    if shown and not said:
        said = [y for trace in traces for y in _listed(trace.get("y")) if isinstance(y, str)] or ["10,000"]
    title = TITLE if any((axis.get("title") or {}).get("text") for axis in shown) else 0.0
    return min(EDGE + title + LETTER * max(map(len, said), default=0), MOST_ROOM) if said else 0.0


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple | np.ndarray) else []


def _mirror(layout: dict[str, Any]) -> None:
    margin = layout.get("margin") or {}
    layout["margin"] = {**margin, "l": margin.get("r", 24), "r": margin.get("l", 8)}
    for name, axis in layout.items():
        if name.startswith("xaxis"):
            axis.update(range=list(axis["range"])[::-1]) if axis.get("range") else axis.update(autorange="reversed")
        if name.startswith("yaxis"):
            axis["side"] = "right"
        if name.startswith(("xaxis", "yaxis")):
            _whole(axis.get("title"), "text")
            _whole(axis, "ticktext")
    title = layout.get("title")
    if isinstance(title, dict) and title.get("text"):
        title.update(x=1, xanchor="right", pad={"r": 0})
        _whole(title, "text")
        _whole(title.get("subtitle"), "text")
    for note in layout.get("annotations", ()):
        note["xanchor"] = _OTHER.get(note.get("xanchor", ""), note.get("xanchor", "auto"))
        note.update(
            {key: -note[key] for key in ("xshift", "ax", "textangle") if isinstance(note.get(key), int | float)}
        )
        _whole(note, "text")


def _trace(trace: dict[str, Any]) -> None:
    place = trace.get("textposition")
    if isinstance(place, str):
        trace["textposition"] = _other_side(place)
    elif place is not None:
        trace["textposition"] = [_other_side(one) for one in place]
    for key in ("text", "name"):
        _whole(trace, key)


def _other_side(place: str) -> str:
    return " ".join(_OTHER.get(part, part) for part in place.split())


def _whole(of: Any, key: str) -> None:
    """Keep a text, or each of several, whole in its own direction."""
    if not isinstance(of, dict) or of.get(key) is None:
        return
    value = of[key]
    if isinstance(value, str):
        of[key] = f"{_BEGIN}{value}{_END}" if value else value
    elif not isinstance(value, int | float):
        of[key] = [f"{_BEGIN}{one}{_END}" if isinstance(one, str) and one else one for one in value]
