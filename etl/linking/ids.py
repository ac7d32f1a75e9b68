"""Schools that two sources give the same id, as it stands or written otherwise; each way of being written otherwise has a name."""

from __future__ import annotations

import re
import unicodedata

from etl.linking.records import Records

SAME = "same id"


def by_ids(left: Records, right: Records) -> list[tuple[int, int, str]]:
    """Positions of pairs with one id that stands once on either side, and how: the same, or what is written otherwise."""
    found: list[tuple[int, int, str]] = []
    for key in (k for k in left.keys if k in right.keys):
        for form in (str, plain):
            used = {i for i, _, _ in found}, {j for _, j, _ in found}
            ours = _once({i: form(t) for i, t in enumerate(left.keys[key]) if t and i not in used[0]})
            theirs = _once({j: form(t) for j, t in enumerate(right.keys[key]) if t and j not in used[1]})
            for text in sorted((ours.keys() & theirs.keys()) - {""}):
                i, j = ours[text], theirs[text]
                found.append((i, j, said(left.keys[key][i], right.keys[key][j])))
    return found


def plain(text: str) -> str:
    """An id as it would be typed by anyone: no case, spaces, dashes or leading zeros."""
    return _signs(unicodedata.normalize("NFKC", text).casefold()).lstrip("0")


def said(one: str, other: str) -> str:
    """How two ids are the same: "same id", or "same id but for leading zeros, spaces or signs"."""
    if one == other:
        return SAME
    bare = [_signs(text) for text in (one, other)]
    folded = [text.casefold() for text in bare]
    zeros = folded[0] != folded[1] and folded[0].lstrip("0") == folded[1].lstrip("0")
    signs = [text for text in (one, other) if _signs(text) != text]
    capitals = [text.lstrip("0") for text in bare]
    ways = ((zeros, "leading zeros"), (bool(signs), "spaces or signs"), (capitals[0] != capitals[1], "capital letters"))
    differ = [way for found, way in ways if found]
    return f"{SAME} but for {', '.join(differ) or 'how it is written'}"


def _signs(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def _once(texts: dict[int, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    twice = set()
    for position, text in texts.items():
        if text in found:
            twice.add(text)
        found[text] = position
    return {text: position for text, position in found.items() if text not in twice}
