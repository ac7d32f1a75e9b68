"""What a build keeps of links: the layer of all of them, the list for a person, and the counts in the manifest."""

from __future__ import annotations

from typing import Any

import pandas as pd

from etl.link import COLUMNS
from etl.linking.review import Decisions, read_decisions, review_table
from etl.work import Work
from geodata.exports.formula import spreadsheet_csv
from geodata.tables import OUT_OF_SCOPE, empty_columns

LAYER, REVIEW_FILE = "links", "links_review.csv"
NOTHING = {**COLUMNS, "source": "str", "row": "Int64"}


def decisions_of(work: Work) -> dict[str, Decisions]:
    """A person's decisions, by source, from the files that the recipe names; none where there is no such file yet."""
    found = {}
    for source in work.recipe.source:
        if source.link is not None and source.link.review:
            found[source.name] = read_decisions(work.beside(source.link.review))
    return found


def keep_links(work: Work, links: list[pd.DataFrame], out_of_scope: list[pd.DataFrame]) -> None:
    """Writes the layer of links and the list for a person, where any source is linked; keeps what left the scope."""
    work.keep(
        "links", pd.concat(links, ignore_index=True) if links else pd.DataFrame(columns=list(NOTHING)).astype(NOTHING)
    )
    blank = empty_columns(pd.DataFrame(index=pd.RangeIndex(0)), OUT_OF_SCOPE)
    work.keep("links.out_of_scope", pd.concat([*out_of_scope, blank], ignore_index=True))
    if not links:
        return
    table = pd.concat(links, ignore_index=True)
    work.write(LAYER, table)
    decided = [d for one in decisions_of(work).values() for d in one.by_pair.values()]
    work.write_bytes(REVIEW_FILE, spreadsheet_csv(review_table(table, decided)))


def summary(work: Work) -> list[dict[str, Any]]:
    """For the manifest, a line a linked source: how many of its schools ended how, and by which way they were linked."""
    table = work.take("links")
    out = []
    for source in work.recipe.source:
        if source.link is None:
            continue
        mine = table[table["source"] == source.name]
        ends = mine.drop_duplicates("other_id")
        linked = ends[ends["outcome"] == "linked"]
        out.append(
            {
                "source": source.name, "to": source.link.to or "", "schools": len(ends), "pairs_to_review": int((mine["outcome"] == "to review").sum()),
                "outcomes": {str(k): int(n) for k, n in ends["outcome"].value_counts().sort_index().items()},
                "how": {str(k): int(n) for k, n in linked["how"].value_counts().sort_index().items()},
                "unmatched": source.link.unmatched, "review": source.link.review or "",
            }
        )  # fmt: skip
    return out


def linked_rows(work: Work, source: str) -> tuple[pd.DataFrame, int]:
    """Rows of a source that its links put out of scope, and how many rows (not schools) were linked."""
    gone = work.take("links.out_of_scope")
    table = work.take("links")
    linked = table[(table["source"] == source) & (table["outcome"] == "linked")]
    return gone[gone["source"] == source], len(linked)
