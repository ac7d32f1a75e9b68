"""Linking measured at a country's size: a register against itself, spelt and placed otherwise, with the answer known.

    python -m bench.linking [RECIPE] [DATA]

The other source is made of the register: a tenth of its schools is missing there, a tenth here, some are invented among the
real ones; names are abbreviated, misspelt and shortened, points moved, levels and areas partly lacking. One seed, one answer.
"""

from __future__ import annotations

import random
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

from etl.harmonise import harmonise
from etl.link import LINKED, REVIEW, Links, link
from etl.recipe import Link, read_recipe
from etl.source import read_raw

SEED = 11
METRES = 111_195.0
COLUMNS = ("school_id", "school_name", "latitude", "longitude", "admin1", "admin2", "education_level")
SHORT = {
    "primary": ["pry", "prim", "pri"], "secondary": ["sec"], "school": ["sch"], "saint": ["st"], "st": ["saint", "st."], "girls": ["girls'"],
    "academy": ["acad"], "township": ["town"], "community": ["comm"], "special": ["spec"], "mount": ["mt"], "mt": ["mount"],
}  # fmt: skip


@dataclass(frozen=True)
class Sources:
    """A register, another source, and which of its schools are which (other id → register id)."""

    register: pd.DataFrame
    other: pd.DataFrame
    same: dict[str, str]


def schools(recipe: Path, data: Path) -> pd.DataFrame:
    """The schools of a recipe's first register."""
    source = read_recipe(recipe).source[0]
    frame = harmonise(read_raw(source, data), source).frame
    return frame[[c for c in COLUMNS if c in frame]].reset_index(drop=True)


def two_sources(frame: pd.DataFrame, seed: int = SEED) -> Sources:
    """The register without a tenth of its schools, and the same schools as another list might have them."""
    draw = random.Random(seed)
    mine, theirs = [], []
    for row in frame.to_dict("records"):
        chance = draw.random()
        if chance < 0.9:
            mine.append(row)
        if chance >= 0.1:
            theirs.append((row["school_id"], _otherwise(row, draw)))
        if (
            draw.random() < 0.05
        ):  # a school that stands in no register, called like another one somewhere in the country
            name = frame["school_name"].iat[draw.randrange(len(frame))]
            theirs.append((None, _otherwise({**row, "school_name": name, **_moved(row, draw, 1500)}, draw)))
    draw.shuffle(theirs)
    other = pd.DataFrame([{**row, "school_id": f"o{n:06}"} for n, (_, row) in enumerate(theirs)])
    here = {row["school_id"] for row in mine}
    same = {f"o{n:06}": id_ for n, (id_, _) in enumerate(theirs) if id_ in here}
    return Sources(pd.DataFrame(mine), other, same)


def _otherwise(row: dict, draw: random.Random) -> dict:
    reach = draw.choices([40, 200, 900, 2500], [0.7, 0.2, 0.08, 0.02])[0]
    out = {
        **row,
        "school_name": _spelt(row["school_name"], row.get("education_level"), draw),
        **_moved(row, draw, reach),
    }
    if draw.random() < 0.03:
        out |= {"latitude": np.nan, "longitude": np.nan}
    if draw.random() < 0.4:
        out["education_level"] = None
    return out


def _moved(row: dict, draw: random.Random, metres: float) -> dict:
    """Moved by a normal draw whose mean distance is about so many metres."""
    east, north = (draw.gauss(0, metres * 0.8) for _ in range(2))
    return {"latitude": row["latitude"] + north / METRES, "longitude": row["longitude"] + east / METRES}


def _spelt(name: object, level: object, draw: random.Random) -> str | None:
    if not isinstance(name, str):
        return None
    words = name.title().split()
    if isinstance(level, str) and draw.random() < 0.5 and level.title() not in words:
        words += [level.title(), *(["School"] if draw.random() < 0.7 else [])]
    if draw.random() < 0.3:
        words = [draw.choice(SHORT[w.lower()]) if w.lower() in SHORT else w for w in words]
    if draw.random() < 0.12:
        words = _slip(words, draw)
    if len(words) > 2 and draw.random() < 0.05:
        words.pop(draw.randrange(len(words)))
    if draw.random() < 0.04:
        draw.shuffle(words)
    text = " ".join(words)
    return text.upper() if draw.random() < 0.3 else text


def _slip(words: list[str], draw: random.Random) -> list[str]:
    at = draw.randrange(len(words))
    word = words[at]
    if len(word) < 4:
        return words
    k = draw.randrange(1, len(word) - 1)
    wrong = draw.choice([word[:k] + word[k + 1 :], word[:k] + word[k] + word[k:], word[:k] + word[k + 1] + word[k] + word[k + 2 :], word[:k] + draw.choice("aeiourstln") + word[k + 1 :]])  # fmt: skip
    return [*words[:at], wrong, *words[at + 1 :]]


def judged(links: Links, same: dict[str, str]) -> dict[str, float]:
    """Precision, recall, and how many pairs a person is asked about (and how many of the missed are among them)."""
    pairs = links.pairs
    right = sum(same.get(other) == school for other, school in pairs.items())
    table = links.table
    open_ = table[table["outcome"] == REVIEW]
    asked = set(zip(open_["other_id"], open_["school_id"], strict=True))
    missed = {(o, s) for o, s in same.items() if pairs.get(o) != s}
    return {
        "linked": int((table["outcome"] == LINKED).sum()), "precision": right / max(len(pairs), 1), "recall": right / max(len(same), 1),
        "to review": len(asked), "schools to review": open_["other_id"].nunique(), "missed in review": len(missed & asked) / max(len(missed), 1),
    }  # fmt: skip


def main() -> None:
    """Prints the figures."""
    recipe = Path(sys.argv[1] if len(sys.argv) > 1 else "etl/recipes/kenya.toml")
    data = Path(sys.argv[2] if len(sys.argv) > 2 else "../shared/data")
    sources = two_sources(schools(recipe, data))
    start = process_time()
    links = link(sources.register, sources.other, Link())
    seconds = process_time() - start
    sys.stdout.write(
        f"{len(sources.register):,} schools of {recipe.stem} against {len(sources.other):,}: {seconds:.1f} s CPU\n"
    )
    for name, value in judged(links, sources.same).items():
        sys.stdout.write(f"  {name:20} {value:,.4f}\n" if isinstance(value, float) else f"  {name:20} {value:,}\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"  {'memory at most':20} {peak:,.0f} MB\n")


if __name__ == "__main__":
    main()
