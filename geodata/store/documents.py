"""Documents: what is too long for an entry of the trail, compressed and named by the SHA-256 of its text.

The trail's entry holds the name, so that the chain covers the document too: a changed one no longer fits its name.
"""

from __future__ import annotations

import zlib
from hashlib import sha256

import sqlalchemy as sa

from geodata.errors import StoreError

DOCUMENTS = sa.table(
    "documents", sa.column("sha256", sa.Text), sa.column("size", sa.Integer), sa.column("body", sa.LargeBinary)
)
MOST = 400_000_000  # characters of one document
LEVEL = 6  # of compression


def digest_of(text: str) -> str:
    """The name of a document: SHA-256 of its text as UTF-8."""
    return sha256(text.encode()).hexdigest()


def keep(connection: sa.Connection, text: str) -> str:
    """Write a document where it is not there yet, and give its name. Raises StoreError where it is too long."""
    if len(text) > MOST:
        raise StoreError("This is too long to be kept: save a plan of one area instead of the whole country.")
    raw = text.encode()
    name = sha256(raw).hexdigest()
    held = connection.execute(sa.select(DOCUMENTS.c.sha256).where(DOCUMENTS.c.sha256 == name)).scalar()
    if held is None:
        connection.execute(sa.insert(DOCUMENTS).values(sha256=name, size=len(raw), body=zlib.compress(raw, LEVEL)))
    return name


def read(connection: sa.Connection, name: str) -> str:
    """The text of a document. Raises StoreError where it is gone, or no longer what its name says."""
    body = connection.execute(sa.select(DOCUMENTS.c.body).where(DOCUMENTS.c.sha256 == name)).scalar()
    said = fault(name, body)
    if said or body is None:
        raise StoreError(f"{said} Ask who keeps the database for a copy from before.")
    return zlib.decompress(body).decode()


def fault(name: str, body: bytes | None) -> str:
    """What is wrong with a document; empty where it is what its name says."""
    if body is None:
        return f"The document {name[:12]} is gone."
    try:
        whole = sha256(zlib.decompress(body)).hexdigest() == name
    except zlib.error:
        whole = False
    return "" if whole else f"The document {name[:12]} was changed after it was written."


def damaged(connection: sa.Connection, named: dict[str, str]) -> list[str]:
    """Sentences about documents that are gone or changed. `named`: a document's name → which entry holds it."""
    found = []
    for name, entry in named.items():
        body = connection.execute(sa.select(DOCUMENTS.c.body).where(DOCUMENTS.c.sha256 == name)).scalar()
        said = fault(name, body)
        if said:
            found.append(f"{entry}: {said[0].lower()}{said[1:]}")
    return found
