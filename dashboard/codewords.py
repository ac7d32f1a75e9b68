"""The words of coded values, of repairs and of the levels of areas; what is not here is its code without underscores."""

from __future__ import annotations

from typing import Any

from geodata.say import later

# Coded values whose words are not simply the code without its underscores.
CODES = {
    "2g": later("mobile 2G"),
    "3g": later("mobile 3G"),
    "4g": later("mobile 4G"),
    "5g": later("mobile 5G"),
    "fiber": later("fibre"),
    "metallic": later("copper or coaxial cable"),
    "other_wired": later("another wired line"),
    "unknown_wired": later("wired, kind not reported"),
    "other_p2a": later("another wireless access"),
    "unknown_p2a": later("wireless access, kind not reported"),
    "radio": later("microwave link"),
    "optical": later("free-space optical link"),
    "unknown_p2p": later("point-to-point link, kind not reported"),
    "leo": later("satellite, low orbit"),
    "meo": later("satellite, medium orbit"),
    "geo": later("satellite, geostationary"),
    "unknown_satellite": later("satellite, orbit not reported"),
    "other_non_terrestrial": later("another link from the air or space"),
    "unknown_wireless": later("wireless, kind not reported"),
    "tvet": later("technical and vocational training"),
    "teacher_training": later("teacher-training institute"),
    "non_formal": later("non-formal education"),
    "charitable": later("charity or faith body"),
    "afro_descendant_community": later("Afro-descendant community (quilombo)"),
    "agrarian_settlement": later("agrarian reform settlement"),
    "extinct": later("closed for good"),
    "pre_primary": later("pre-primary"),
    "combined": later("several levels"),
    "verify_first": later("verify first"),
}
# What a column is called inside a sentence of the repair register.
REPAIRS = {
    "decimal": later("the decimal point was put back"),
    "lost_decimal": later("the decimal point was put back"),
    "swapped": later("latitude and longitude had been swapped"),
    "degrees_minutes": later("degrees and minutes were turned into decimal degrees"),
    "dms": later("degrees and minutes were turned into decimal degrees"),
    "projected": later("projected coordinates were turned into degrees"),
    "sign": later("the sign was put right"),
}
# What countries call their levels, one and several, so that a catalogue has them; others are said as the recipe has them.
LEVELS = {
    later("province"): later("provinces"),
    later("district"): later("districts"),
    later("region"): later("regions"),
    later("municipality"): later("municipalities"),
    later("county"): later("counties"),
    later("sub-county"): later("sub-counties"),
    later("state"): later("states"),
    later("department"): later("departments"),
    later("commune"): later("communes"),
    later("governorate"): later("governorates"),
    later("ward"): later("wards"),
    later("village"): later("villages"),
}


def plain(code: Any) -> str:
    """A coded value in English words."""
    return CODES.get(str(code), str(code).replace("_", " "))


def worded(code: str) -> bool:
    """Whether a coded value has words to translate, and is no name such as T1 or 4G."""
    return code in CODES or (code.isascii() and code.islower() and len(code) > 1 and not code[0].isdigit())


def singular(unit: str) -> str:
    """The unit of exactly one, in English: "learner", "learner per computer"."""
    head, _, rest = unit.partition(" ")
    if head in ("hours", "minutes"):
        return unit
    one = {"people": "person", "children": "child", "Mbps": "Mbps"}.get(head, head.removesuffix("s"))
    return f"{one} {rest}".strip()
