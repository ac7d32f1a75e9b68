"""What the product says, in the language of whoever reads: sentences, plurals, numbers, dates, order.

Write English in the code and wrap it where it is said, so that it is translated at that moment:

    tr("{learners} learners in {place} wait.", learners=written(1204), place=name)
    trn("{n} school", "{n} schools", count)
    LABELS = {"yes": later("Connected")}          # at the top of a module; said with tr(LABELS["yes"])

The English text is the key of the catalogues in `geodata/locales/<language>.po`. A value that is put in is never
translated by itself: pass names as they are, and words through `tr` first. Results that hold sentences are remembered
with `remembered`, which keeps one per language; what is hashed or stored is made `in_english` and `told` when shown.
"""

from geodata.say.catalogue import later, tr, trn
from geodata.say.kept import in_english, told
from geodata.say.languages import (
    LANGUAGES,
    Language,
    language,
    remembered,
    speak,
    speaking,
)
from geodata.say.numbers import date, in_order, joined, ordinal, per_cent, percent, separated, separators, written

__all__ = [
    "LANGUAGES",
    "Language",
    "date",
    "in_english",
    "in_order",
    "joined",
    "language",
    "later",
    "ordinal",
    "per_cent",
    "percent",
    "remembered",
    "separated",
    "separators",
    "speak",
    "speaking",
    "told",
    "tr",
    "trn",
    "written",
]
