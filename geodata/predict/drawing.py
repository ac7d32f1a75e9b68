"""Draws by id: as if at random, and the same for ever, whatever the order of rows."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from geodata.arrays import Floats


def lots(ids: pd.Series, purpose: str, seed: int = 0) -> Floats:
    """A number from 0 to 1 of each id, as if at random and the same for ever; other for another purpose or seed."""
    salt = f"{purpose}:{seed}:".encode()
    digests = (hashlib.blake2b(salt + str(i).encode(), digest_size=6).digest() for i in ids)
    return np.array([int.from_bytes(d) / 2**48 for d in digests])
