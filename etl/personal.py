"""People do not belong here: personal columns leave at the door, and a file about learners is refused.

A column is personal by its name (`etl/aliases/personal.csv`, in several languages and register spellings) or by what
stands in it (e-mails, telephone numbers, national ids). What a recipe feeds into a field stays, with any e-mail in it
blotted out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd

from etl.source import Raw
from geodata.errors import SourceError
from geodata.text import fold

LIST = Path(__file__).parent / "aliases" / "personal.csv"
SAMPLE = 5_000
BLOT = "[removed]"
SHORTEST = 6  # characters of the shortest e-mail or telephone number
EMAIL = r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}"  # bounded as mail is: a name of 200,000 letters must not take hours
PHONE = r"\+\d[\d\s().-]{7,18}|\(\d{2,4}\)\s*\d{3,5}[\s.-]?\d{3,5}|0\d{2,4}[\s/.-]\d{2,4}(?:[\s.-]?\d{2,4})+|00\d{9,14}"
NATIONAL_ID = r"\d{3}\.\d{3}\.\d{3}-\d{2}"  # Brazil's CPF as it is written
BY_VALUE = ((EMAIL, "e-mail", 0.05), (PHONE, "telephone", 0.5), (NATIONAL_ID, "national id", 0.5))
# The same within a longer text: letters must stand beside them, or a coordinate or a code would be taken for them.
IN_TEXT = r"(?<=[^\W\d])[\s:.=]+(?:\+\d[\d\s().-]{7,18}\d|0\d{8,11}\b|0\d{2,4}[\s/-]\d{3}[\s-]?\d{3,5}|\d{3}\.\d{3}\.\d{3}-\d{2})"
ROLES = frozenset(
    [
        "directeur",
        "directrice",
        "chef",
        "director",
        "directora",
        "diretor",
        "diretora",
        "gestor",
        "gestora",
        "head",
        "headteacher",
        "principal",
        "headmaster",
        "responsable",
        "responsavel",
        "proviseur",
        "مدير",
        "المدير",
        "mkuu",
        "owner",
        "contact",
        "contacto",
    ]
)
# A yes/no or count column speaks of things, whatever the words behind its first one say ("IN_TELEFONE", "has_phone").
OF_THINGS = frozenset(("has", "is", "in", "qt", "qtd", "tem", "tiene", "available"))


@cache
def _phrases() -> tuple[dict[tuple[str, ...], str], dict[tuple[str, ...], str]]:
    """Words → category: phrases that may stand anywhere in a name, and those that are the whole name."""
    with LIST.open(encoding="utf-8", newline="") as stream:
        rows = [(row["where"], words_of(row["words"]), row["category"]) for row in csv.DictReader(stream)]
    return {w: c for where, w, c in rows if where == "part"}, {w: c for _, w, c in rows}


def words_of(name: str) -> tuple[str, ...]:
    """`HeadTeacher_Name` → head, teacher, name; accents folded."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return tuple(w for w in re.split(r"[\W_]+", fold(apart)) if w)


def category_of(name: str) -> str | None:
    """Why a column of this name is personal ("telephone", "name of a person" …), None where it is not."""
    words = words_of(name)
    parts, wholes = _phrases()
    if words in wholes:
        return wholes[words]
    if words and (words[0] in OF_THINGS or "equip" in words):  # NU_EQUIP_FAX: the number of fax machines
        return None
    if words[:2] == ("number", "of") or words[-1:] in (("available",), ("disponible",)):
        return None
    plain = tuple(w for w in (re.sub(r"\d+$", "", word) for word in words) if w)  # phone1, tel_2
    spans = (plain[i:j] for i in range(len(plain)) for j in range(i + 1, min(i + 6, len(plain)) + 1))
    category = wholes.get(plain) or next((parts[span] for span in spans if span in parts), None)
    if category == "learner" and ROLES & set(plain):  # "nom et prénom du directeur" stands in a register of schools
        return "name of a person"
    return category


def personal_columns(frame: pd.DataFrame) -> dict[str, str]:
    """Column → category, by name and by value."""
    found = {}
    for name in frame.columns:
        if category := category_of(str(name)) or _by_value(frame[name]):
            found[str(name)] = category
    return found


def _by_value(column: pd.Series) -> str | None:
    given = column.dropna()
    given = (given if len(given) <= SAMPLE else given.iloc[:: len(given) // SAMPLE + 1]).str.strip()
    if len(given) == 0 or not (given.str.len() >= SHORTEST).any() or given.str.isdigit().all():
        return None
    for pattern, category, share in BY_VALUE:
        if given.str.fullmatch(pattern).mean() >= share:
            return category
    return None


def refuse_learner_level(raw: Raw) -> None:
    """Raise SourceError where the rows are people (learners' names, ids or birth dates), not schools."""
    found = {}
    ages = sexes = None
    for name in map(str, raw.frame.columns):
        category = category_of(name)
        if category in ("learner", "birth date") and raw.frame[name].notna().any():
            found[name] = "birth dates" if category == "birth date" else "learners one by one"
        words = tuple(w for w in words_of(name) if w not in ("nu", "tp", "co"))
        ages = name if set(words) <= {"age", "edad", "idade", "years"} and words else ages
        sexes = name if _one_sex_a_row(raw.frame[name], words) else sexes
    if ages and sexes:
        found[f"{ages} with {sexes}"] = "age and sex one a row"
    if found:
        why = "; ".join(f"{name!r} ({what})" for name, what in found.items())
        raise SourceError(
            f"{raw.path.name} holds data about single people: {why}. First Mile works with schools only and does not take "
            "such a file. Add it up to one row a school (learners, girls, boys …) and bring that."
        )


def _one_sex_a_row(column: pd.Series, words: tuple[str, ...]) -> bool:
    if not {"sex", "gender", "sexo", "genero", "sexe", "genre"} & set(words):
        return False
    return set(column.dropna().map(fold)) <= {
        "m",
        "f",
        "male",
        "female",
        "h",
        "masculino",
        "feminino",
        "femenino",
        "homme",
        "femme",
        "1",
        "2",
    }


def drop_personal(raw: Raw, keep: Collection[str] = ()) -> Raw:
    """The same without personal columns; those in `keep` (a recipe feeds them into a field) stay, e-mails blotted out."""
    found = {name: why for name, why in personal_columns(raw.frame).items() if name not in keep}
    frame = raw.frame.drop(columns=list(found))
    for name in frame.columns:
        held = frame[name].str.contains("@", regex=False).fillna(False)
        if held.any():
            frame[name] = frame[name].str.replace(EMAIL, BLOT, regex=True)
        if name not in keep:  # remarks and the like; what feeds a field may be a coordinate with a plus sign
            held = frame[name].str.contains(IN_TEXT, regex=True).fillna(False)
            if held.any():
                frame[name] = frame[name].str.replace(IN_TEXT, BLOT, regex=True)
    said = ", ".join(f"{name} ({why})" for name, why in found.items())
    out = replace(raw, frame=frame)
    return out.noted(f"{raw.path.name}: personal columns were dropped unread: {said}.") if found else out
