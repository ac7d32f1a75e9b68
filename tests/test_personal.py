"""Personal data leave at the door; school registers are not mistaken for them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from etl.personal import BLOT, category_of, drop_personal, personal_columns, refuse_learner_level
from etl.recipe import Reading
from etl.source import Raw, read_raw
from geodata.errors import SourceError


def raw(**columns: list[str | None]) -> Raw:
    frame = pd.DataFrame({k: pd.Series(v, dtype="str") for k, v in columns.items()})
    return Raw(frame, None, "", Path("register.csv"))


@pytest.mark.parametrize(
    "name",
    [
        "HeadTeacher_Name", "head teacher", "PRINCIPAL_NAME", "Phone", "Tel_No", "MobileNumber", "E-mail", "email_address",
        "Nombre del Director", "TELEFONO", "Correo Electrónico", "Dirección", "NU_TELEFONE", "DS_EMAIL", "DS_ENDERECO", "NU_CPF",
        "Nome do diretor", "Nom du directeur", "Téléphone", "Adresse", "اسم المدير", "رقم الهاتف", "School_Address", "P.O. Box",
        "Contact Person", "National ID", "addr:full", "TSC_No", "CO_CEP", "whatsapp",
    ],
)  # fmt: skip
def test_personal_names(name: str) -> None:
    assert category_of(name)


@pytest.mark.parametrize(
    "name",
    [
        "NO_ENTIDADE", "NO_MUNICIPIO", "NO_DISTRITO", "SCHOOL_NAM", "IN_SALA_DIRETORIA", "QT_PROF_GESTAO", "principal_power_source",
        "fuente principal", "IN_TELEFONE", "has_phone", "mobile_coverage", "num_students", "addr:city", "name", "headcount", "Status",
        "latitude", "internet", "direction_des_vents", "num_adm_personnel", "school_id_govt", "teachers_trained",
    ],
)  # fmt: skip
def test_names_of_things(name: str) -> None:
    assert category_of(name) is None


def test_no_column_of_the_real_registers_is_mistaken(real_data: Path) -> None:
    for name in (
        "brazil-tocantins/escolas-to-2025.xlsx",
        "kenya-schools/ken_schools_full.csv.gz",
        "brazil-maracanau/ESCOLAS_2307650_2024.csv",
        "itu-planning-examples/example-pointsofinterest.xlsx",
    ):
        register = read_raw(Reading(path=name), real_data)
        assert personal_columns(register.frame) == {}, name
        refuse_learner_level(register)


def test_personal_by_what_stands_in_the_column() -> None:
    frame = raw(
        a=["x@y.org", "head@school.ke", None], b=["+254 722 123456", "0722-123-456", "(011) 4555-1234"], c=["123.456.789-01"] * 3,
        id=["17010535", "17010536", "17010537"], day=["2024-05-03", "2024-06-03", "2024-07-03"], years=["2021-2022", "2022-2023", "2023-2024"],
        lat=["-9.6240167", "-9.1", "-9.3"], big=["-96240167", "-4958056876", "1.234.567"],
    ).frame  # fmt: skip
    assert personal_columns(frame) == {"a": "e-mail", "b": "telephone", "c": "national id"}


def test_dropped_columns_are_said_and_mails_in_kept_ones_blotted_out() -> None:
    out = drop_personal(raw(school=["A", "write to head@a.ke now"], phone=["1", "2"]), keep=["school"])
    assert list(out.frame.columns) == ["school"]
    assert out.frame["school"].tolist() == ["A", f"write to {BLOT} now"]
    assert "phone (telephone)" in out.notes[0]
    assert "head@a.ke" not in " ".join(out.notes)


@pytest.mark.parametrize(
    "columns",
    [
        {"Student Name": ["A"], "School": ["B"]}, {"nome_aluno": ["A"]}, {"Date of Birth": ["2012-01-01"], "School": ["A"]}, {"DT_NASCIMENTO": ["1"]},
        {"First Name": ["A"], "Surname": ["B"]}, {"Sex": ["M", "F"], "Age": ["9", "10"]}, {"nombres": ["Ana"], "apellidos": ["Paz"]}, {"TP_SEXO": ["1", "2"], "NU_IDADE": ["8", "9"]},
    ],
)  # fmt: skip
def test_a_learner_level_file_is_refused_with_the_reason(columns: dict[str, list[str | None]]) -> None:
    with pytest.raises(SourceError, match="one row a school"):
        refuse_learner_level(raw(**columns))


def test_a_register_with_the_schools_gender_is_not_refused() -> None:
    refuse_learner_level(raw(school=["A", "B"], gender=["girls", "mixed"], age=["1990", "2001"]))
    refuse_learner_level(raw(school=["A", "B"], student_name=[None, None]))
