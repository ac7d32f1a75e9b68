"""What the columns of a form are called, on paper and in files; and found again in a returned file, in any language."""

from __future__ import annotations

from functools import cache

from geodata.fieldwork.questions import QUESTIONS
from geodata.say import LANGUAGES, later, speaking, tr
from geodata.text import fold

SCHOOL, CHECKED, HOW = "school_id", "checked_on", "asked_how"
SCHOOL_TITLE = later("School id")
CHECKED_TITLE = later("Date of the answer")
HOW_TITLE = later("How it was found out")
HOW_WORDS = {
    "visit": later("visited the school"),
    "call": later("asked the school"),
    "office": later("from the district’s records"),
}
LATITUDE, LONGITUDE = later("Latitude"), later("Longitude")
# Other names that the id and the date have: our own of a telephone's form, and what collecting services write.
_ALSO = {"school": SCHOOL, "end": CHECKED, "_submission_time": CHECKED, "submissiondate": CHECKED, "today": CHECKED}


def title(key: str) -> str:
    """The title of a column in the language that is spoken now."""
    own = {SCHOOL: SCHOOL_TITLE, CHECKED: CHECKED_TITLE, HOW: HOW_TITLE, "latitude": LATITUDE, "longitude": LONGITUDE}
    return tr(own[key] if key in own else QUESTIONS[key].short)


def answer_keys() -> tuple[str, ...]:
    """Keys of the columns that hold answers: a location is two of them, or one."""
    return tuple(k for q in QUESTIONS.values() for k in ((*q.fields, q.name) if q.kind == "place" else (q.name,)))


@cache
def keys_by_title() -> dict[str, str]:
    """Folded title in every language, or the key itself → key."""
    keys = (SCHOOL, CHECKED, HOW, *answer_keys())
    found = {key: key for key in keys} | _ALSO
    for language in LANGUAGES:
        with speaking(language):
            found |= {fold(title(key)): key for key in keys}
    return found


def key_of(text: str) -> str:
    """The key that a title stands for; empty for other columns. Of `group/has_internet` the last part counts."""
    own = text.strip().rsplit("/", 1)[-1]
    return keys_by_title().get(own.casefold(), "") or keys_by_title().get(fold(own), "")
