"""What people do, kept: the append-only, hash-chained trail of builds, exports, weights, overrides, gates and sign-offs.

    store = open_store("atlases/trail.db")            # a path or any SQLAlchemy address; None keeps it in memory
    store.record("export", {"rows": 12}, atlas="demo", who="A. Clerk")
    store.entries(kind="export", limit=50)            # newest first
    store.verify()                                    # [] or sentences that name the first broken entry

`geodata.store.acts` says what each act records and what stands now: saved weights, overrides, sign-offs.
"""

from geodata.store.chain import KINDS, Entry, canonical, chained
from geodata.store.trail import Store, open_store, whereabouts

__all__ = ["KINDS", "Entry", "Store", "canonical", "chained", "open_store", "whereabouts"]
