"""Registers with people in them, in six languages: nothing of a person gets into any file of a build."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from etl.personal import BLOT, category_of, drop_personal, refuse_learner_level
from etl.source import Raw


def raw(**columns: list[str | None]) -> Raw:
    return Raw(pd.DataFrame({k: pd.Series(v, dtype="str") for k, v in columns.items()}), None, "", Path("register.csv"))


@pytest.mark.parametrize(
    "name",
    [
        "Mwalimu Mkuu", "Jina la Mwalimu Mkuu", "Namba ya simu", "Simu", "Barua pepe", "Anwani", "Mkuu wa shule", "phone1", "Telephone2", "tel1",
        "N° tél", "Tél. directeur", "contact du directeur", "numéro d'identité", "Nom et prénom du chef d'établissement", "NIDA number",
        "Deputy principal", "Ht contact", "ID number", "Ghana card", "Aadhaar", "BVN", "NUIT", "RG", "Gestor escolar", "BI do director", "Morada",
        "Representante legal", "اسم الناظر", "الرقم القومي", "Mobile_1", "Head Teacher's mobile",
    ],
)  # fmt: skip
def test_people_are_known_in_the_words_of_registers(name: str) -> None:
    assert category_of(name)


@pytest.mark.parametrize("name", ["NU_EQUIP_FAX", "number of phones", "telephones_available", "head_type", "contact hours", "internet_contract", "4g", "admin1", "isced2", "gestao"])  # fmt: skip
def test_things_are_not_taken_for_people(name: str) -> None:
    assert category_of(name) is None


def test_the_name_of_the_head_does_not_make_a_register_one_of_learners() -> None:
    register = raw(ecole=["A"], **{"Nom et prénom du directeur": ["Awa Diop"]})
    refuse_learner_level(register)
    assert list(drop_personal(register).frame.columns) == ["ecole"]


def test_numbers_in_remarks_are_blotted_out_and_coordinates_are_not() -> None:
    out = drop_personal(raw(remark=["call Awa: +221 77 123 45 67", "tel 0722123456 ask", "CPF 123.456.789-01", "built 2001", "+12.3456789"], lat=["+12.3456789"] * 5), keep=["lat"]).frame  # fmt: skip
    assert out["remark"].tolist() == [f"call Awa{BLOT}", f"tel{BLOT} ask", f"CPF{BLOT}", "built 2001", "+12.3456789"]
    assert out["lat"].eq("+12.3456789").all()
