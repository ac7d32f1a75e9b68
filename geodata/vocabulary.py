"""The allowed values of coded columns: one enum each, the member's value is what stands in the data.

Sources: ISCED 2011 (UIS); Giga school master (`education_level`, `school_area_type`, `electricity_type`);
ITU connectivity type classification; UN Statistical Commission 2020 Degree of Urbanisation.
"""

from __future__ import annotations

from enum import StrEnum


class Evidence(StrEnum):
    """How a value is known, strongest first."""

    MEASURED = "measured"
    REPORTED = "reported"
    INFERRED = "inferred"
    PREDICTED = "predicted"
    IMPUTED = "imputed"
    UNKNOWN = "unknown"


class PredictedSet(StrEnum):
    """What a model cannot rule out for a school that nobody reported; `either` says nothing."""

    YES = "yes"
    NO = "no"
    EITHER = "either"


class EducationLevel(StrEnum):
    """ISCED 2011 level of a school; `combined` where it spans several (see `isced_levels`)."""

    PRE_PRIMARY = "pre_primary"
    PRIMARY = "primary"
    LOWER_SECONDARY = "lower_secondary"
    UPPER_SECONDARY = "upper_secondary"
    SECONDARY = "secondary"
    POST_SECONDARY = "post_secondary"
    COMBINED = "combined"


class SchoolArea(StrEnum):
    """National urban/rural definition."""

    URBAN = "urban"
    RURAL = "rural"


class Settlement(StrEnum):
    """Degree of urbanisation, the four classes that the priority items distinguish."""

    CITY = "city"
    TOWN = "town"
    SUBURB = "suburb"
    RURAL = "rural"


class Funding(StrEnum):
    """Who funds the school."""

    PUBLIC = "public"
    PRIVATE = "private"
    CHARITABLE = "charitable"
    OTHERS = "others"


class SchoolStatus(StrEnum):
    """Operating status. All but `extinct` stay visible: emergencies must not vanish."""

    OPEN = "open"
    TEMPORARILY_CLOSED = "temporarily_closed"
    DAMAGED = "damaged"
    OCCUPIED = "occupied"
    SHELTER = "used_as_shelter"
    EXTINCT = "extinct"


class FacilityType(StrEnum):
    """What kind of place of learning it is."""

    SCHOOL = "school"
    TEACHER_TRAINING = "teacher_training"
    TVET = "tvet"
    NON_FORMAL = "non_formal"
    COMMUNITY_CENTRE = "community_learning_centre"
    TEMPORARY = "temporary_learning_space"


class CommunityLand(StrEnum):
    """Land with a special legal or community status (sensitive)."""

    NONE = "none"
    INDIGENOUS = "indigenous_land"
    AFRO_DESCENDANT = "afro_descendant_community"
    SETTLEMENT = "agrarian_settlement"
    TRADITIONAL = "traditional_community"


class ElectricityType(StrEnum):
    """Main source of electricity."""

    GRID = "grid"
    SOLAR = "solar"
    GENERATOR = "generator"
    OTHER = "other"
    NONE = "none"


class Technology(StrEnum):
    """Deepest known node of ITU's connectivity type classification."""

    FIBER = "fiber"
    METALLIC = "metallic"
    OTHER_WIRED = "other_wired"
    UNKNOWN_WIRED = "unknown_wired"
    CELLULAR_2G = "2g"
    CELLULAR_3G = "3g"
    CELLULAR_4G = "4g"
    CELLULAR_5G = "5g"
    OTHER_P2A = "other_p2a"
    UNKNOWN_P2A = "unknown_p2a"
    RADIO = "radio"
    OPTICAL = "optical"
    UNKNOWN_P2P = "unknown_p2p"
    LEO = "leo"
    MEO = "meo"
    GEO = "geo"
    UNKNOWN_SATELLITE = "unknown_satellite"
    OTHER_NON_TERRESTRIAL = "other_non_terrestrial"
    UNKNOWN_WIRELESS = "unknown_wireless"
    OTHER = "other"


class Generation(StrEnum):
    """Cellular generation; also the values of `cellular_coverage_type` beside `none`."""

    G2 = "2G"
    G3 = "3G"
    G4 = "4G"
    G5 = "5G"


class Coverage(StrEnum):
    """Best cellular generation that could be had at the place (a signal, not a connection)."""

    G2 = "2G"
    G3 = "3G"
    G4 = "4G"
    G5 = "5G"
    NONE = "none"


class Medium(StrEnum):
    """Transmission medium of a node."""

    FIBER = "fiber"
    MICROWAVE = "microwave"
    OTHER = "other"


class LineStatus(StrEnum):
    """Whether a transmission line is there."""

    OPERATIONAL = "operational"
    PLANNED = "planned"
    NOT_IN_USE = "not_in_use"


class ReachedFrom(StrEnum):
    """What a school could be connected from."""

    NODE = "node"
    LINE = "line"
    SITE = "site"
    SCHOOL = "school"


class CommitmentScope(StrEnum):
    """What a funder has promised a school."""

    CONNECTION = "connection"
    DEVICES = "devices"
    POWER = "power"
    TRAINING = "training"
    ALL = "all"


class CommitmentStatus(StrEnum):
    """How far a promise has come; a cancelled one binds nobody."""

    PROMISED = "promised"
    UNDER_WAY = "under_way"
    DONE = "done"
    CANCELLED = "cancelled"


class Tier(StrEnum):
    """Priority tier: A lacks most, then B, then C."""

    A = "A"
    B = "B"
    C = "C"


class ListName(StrEnum):
    """Which list a school stands in."""

    RANKED = "ranked"
    VERIFY_FIRST = "verify_first"


class Severity(StrEnum):
    """What a failed check does: quarantine the row, blank the value, or only say so."""

    REJECT = "reject"
    BLANK = "blank"
    WARN = "warn"


class Sensitivity(StrEnum):
    """Who may see a column: everyone; partners under agreement; nobody outside government; nobody at all."""

    OPEN = "open"
    SENSITIVE = "sensitive"
    PERSONAL = "personal"


class Licence(StrEnum):
    """Licence identifiers used by the shipped recipes; any other text is allowed in a recipe."""

    CC0 = "CC0-1.0"
    CC_BY = "CC-BY-4.0"
    CC_BY_SA = "CC-BY-SA-4.0"
    CC_BY_NC_SA = "CC-BY-NC-SA-4.0"
    ODBL = "ODbL-1.0"
    MIT = "MIT"
    BSD2 = "BSD-2-Clause"
