"""The dictionary of columns: each one used, with a unit where it counts something."""

from __future__ import annotations

import pytest

from geodata.fields import FIELDS, companions
from geodata.tables import REGISTER, SCHOOLS, TABLES
from tests.factories import schools

USED = {name for table in (*TABLES.values(), REGISTER) for name in table.columns}


def test_every_field_is_used_and_every_column_is_a_field() -> None:
    assert set(FIELDS) == USED


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda f: f.name)
def test_a_field_is_fully_declared(field: object) -> None:
    assert field.title  # type: ignore[attr-defined]
    assert field.definition.endswith(".")  # type: ignore[attr-defined]
    if field.kind in ("number", "share"):  # type: ignore[attr-defined]
        assert field.unit  # type: ignore[attr-defined]
    if field.kind == "code":  # type: ignore[attr-defined]
        assert field.allowed  # type: ignore[attr-defined]


@pytest.mark.parametrize("suffix", ["_mbps", "_m", "_share"])
def test_units_stand_in_the_name(suffix: str) -> None:
    unit = {"_mbps": "Mbps", "_m": "m", "_share": "share"}[suffix]
    for field in FIELDS.values():
        if field.name.endswith(suffix):
            assert field.unit == unit, field.name


def test_the_schema_accepts_the_factory_and_refuses_a_wrong_value() -> None:
    import pandera.errors

    SCHOOLS.schema().validate(schools(num_students=[1, None]), lazy=True)
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        SCHOOLS.schema().validate(schools(num_students=[-1], school_area_type=["moon"]), lazy=True)
    assert len(caught.value.failure_cases) == 2


def test_companions_stand_beside_what_can_be_unknown() -> None:
    assert companions("has_internet") == ("has_internet_evidence", "has_internet_source", "has_internet_date")
    assert companions("school_id") == ()
