"""The things a school can lack, each scored 0 to 1, higher is worse (methods, sections 3.3 and 3.5).

Seven things are counted for the groups A to C; two more facts about the area (girls' attendance, children out of
school) are scored where they are known, and never counted. An item's function takes columns of the whole place and
gives the item of each school, unknown where it is not known. Where the full standard has no data for any school, the
item stands on a lower standard and says so in words.
"""

from geodata.criteria.services import usable_internet

__all__ = ["usable_internet"]
