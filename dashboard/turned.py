"""Charts for whoever reads from right to left: mirrored, their texts kept whole, numbers as the language separates them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from geodata.say import language, separators

_LINE = "<br>"
_OTHER = {"left": "right", "right": "left"}
_BEGIN, _END = "\u2067", "\u2069"  # the text between them reads from right to left, whatever stands around it


def turned(figure: Any) -> dict[str, Any]:
    """A figure as plain values, in the direction of the language spoken now; the figure itself is left as it is."""
    drawn: dict[str, Any] = deepcopy(figure.to_plotly_json())
    layout = drawn.setdefault("layout", {})
    layout["separators"] = separators()
    if language().direction == "rtl":
        _mirror(layout)
        for trace in drawn.get("data", ()):
            _trace(trace)
    return drawn


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
        note["align"] = _OTHER.get(note.get("align", ""), note.get("align", "center"))
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
        of[key] = _apart(value)
    elif not isinstance(value, int | float):
        of[key] = [_apart(one) if isinstance(one, str) else one for one in value]


def _apart(text: str) -> str:
    """Each line of a text by itself; an empty text stays so."""
    return _LINE.join(f"{_BEGIN}{line}{_END}" for line in text.split(_LINE)) if text else text
