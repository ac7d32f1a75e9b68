"""Values in doubt: in words with what the source said, at the right school, and only for those who may see the value."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboard import about
from etl.doubts import in_words, school_of
from etl.quality import examine, far, finding_columns
from etl.recipe import Source
from geodata.layers import write_layer
from geodata.query import Desk
from tests.factories import schools
from tests.test_disclosure import country


def test_the_original_value_stands_in_the_reason() -> None:
    assert in_words("Learners: below 0.", '{"LEARNERS": "-5"}') == "Learners: below 0. The source says: LEARNERS = -5."
    assert in_words("Learners: below 0.", "{}") == "Learners: below 0."
    assert in_words("Learners: below 0.", "torn") == "Learners: below 0."
    assert len(in_words("Learners: no number.", '{"L": "%s"}' % ("x" * 5000))) < 200


@pytest.mark.parametrize(("metres", "said"), [(0.2, "1 m"), (412.4, "412 m"), (41_234.0, "41.2 km")])
def test_distances_in_words(metres: float, said: str) -> None:
    assert far(metres) == said


def test_how_far_outside_is_said() -> None:
    table = schools(location_in_declared_area=[False, True]).assign(outside_declared_m=[1234.0, float("nan")])
    found = examine(table).findings.query("check == 'outside_declared_area'")
    assert found["school_id"].tolist() == ["s1"]
    assert found["reason"].iloc[0].endswith("(1.2 km).")


def test_a_value_that_a_check_left_out_is_repeated() -> None:
    found = examine(schools(num_students=[100], num_students_girls=[120])).findings
    row = found[found["check"] == "girls_over_learners"].iloc[0]
    assert row["reason"].endswith("Girls as reported: 120.")
    assert row["column"] == "num_students_girls"


def test_rows_find_their_school_by_row_or_by_id() -> None:
    merged = schools(school_id=["a", "b"], school_id_giga=["G1", "G2"]).assign(source_name="one", source_row=[2, 3])
    frame = pd.DataFrame({"source_row": [2, 3, 4], "school_id_giga": ["G2", "G9", None]})
    one = Source(name="one", path="one.csv", columns={"school_id_govt": "ID"})
    assert school_of(frame, one, merged).fillna("").to_dict() == {2: "a", 3: "b", 4: ""}
    more = Source(name="more", path="more.csv", kind="attributes", columns={"school_id_giga": "ID"})
    assert school_of(frame, more, merged).fillna("").to_dict() == {2: "b", 3: "", 4: ""}
    earlier = Source(name="one", path="one.csv", series=True, columns={"school_id_govt": "ID"})
    assert school_of(frame, earlier, merged).isna().all()


def test_a_doubt_tells_no_more_than_its_column(tmp_path: Path) -> None:
    atlas = country(tmp_path, "medium", "public").atlas
    rows = [
        ("no_name", None, "No name."),
        ("location_zero", "latitude", "Location: LATITUDE = 12.345."),
        ("out_of_range", "num_students_displaced", "Displaced: D = -3."),
        ("out_of_range", "num_students", "Learners: L = -3."),
    ]
    found = pd.DataFrame(rows, columns=["check", "column", "reason"]).assign(school_id="s00", severity="blank")
    write_layer(atlas.folder, "findings", finding_columns(found))

    def seen(tier: str) -> set[str]:
        return {row["reason"] for row in about.findings(Desk(atlas, tier=tier), "s00")}

    assert seen("public") == {"No name.", "Learners: L = -3."}
    assert seen("partner") == {"No name.", "Learners: L = -3.", "Displaced: D = -3."}
    assert seen("government") == {row[2] for row in rows}
