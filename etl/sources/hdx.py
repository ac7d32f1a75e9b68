"""The Humanitarian Data Exchange: one dataset's record, and the resource in it that is wanted, by format and name.

Shared by every connector whose data lie there. A resource is never chosen by its place in the list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.connect import Connector
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client, Reply

BASE = "https://data.humdata.org/api/3/action"
# What HDX calls a licence → its SPDX identifier.
LICENCES = {
    "cc-by": "CC-BY-4.0", "cc-by-igo": "CC-BY-3.0-IGO", "cc-by-sa": "CC-BY-SA-4.0", "cc-by-nc": "CC-BY-NC-4.0",
    "cc-by-nc-sa": "CC-BY-NC-SA-4.0", "cc-zero": "CC0-1.0", "hdx-odc-odbl": "ODbL-1.0", "odc-odbl": "ODbL-1.0",
    "hdx-odc-by": "ODC-By-1.0", "odc-by": "ODC-By-1.0", "hdx-pddl": "PDDL-1.0", "pddl": "PDDL-1.0",
}  # fmt: skip


def package(client: Client, connector: Connector, name: str) -> dict[str, Any]:
    """The record of a dataset. Raises NothingFoundError where there is none, or only an archived one."""

    def check(reply: Reply) -> None:
        _record(reply, name)

    address = f"{client.base(connector)}/package_show"
    record = _record(client.get(connector.name, address, params={"id": name}, check=check), name)
    if not record:
        raise NothingFoundError(f"HDX has no dataset {name}.")
    if record.get("archived") is True:
        raise NothingFoundError(f"HDX has the dataset {name} in its archive only.")
    return record


def _record(reply: Reply, name: str) -> dict[str, Any]:
    """The record of an answer, empty where HDX says that there is none; raises SourceError where it is no answer."""
    if reply.status == 404:
        return {}
    answer = reply.json()
    if not isinstance(answer, dict):
        raise SourceError("HDX answered with something that is not its envelope. Try again later.")
    record = answer.get("result")
    if answer.get("success") and isinstance(record, dict):
        return record
    fault = answer.get("error")
    said = str(fault.get("message") or fault.get("__type")) if isinstance(fault, dict) else ""
    if "not found" in said.lower():
        return {}
    raise SourceError(f"HDX answered about {name} that it failed{f' ({said[:160]})' if said else ''}. Try again later.")


def resource(record: Mapping[str, Any], wanted: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The first resource of `wanted` (format, pattern of the name; both whatever the case) that may be downloaded.

    Raises NothingFoundError, with the names that are there, where none fits.
    """
    given = record.get("resources")
    there = [r for r in given if isinstance(r, dict)] if isinstance(given, list) else []
    usable = [r for r in there if r.get("in_quarantine") is not True and (r.get("download_url") or r.get("url"))]
    for form, pattern in wanted:
        for one in sorted(usable, key=lambda r: str(r.get("name") or "")):
            if str(one.get("format") or "").lower() == form.lower() and re.search(
                pattern, str(one.get("name") or ""), re.I
            ):
                return one
    names = ", ".join(str(r.get("name")) for r in usable[:8]) or "nothing that may be downloaded"
    raise NothingFoundError(f"The dataset {record.get('name')} on HDX has no file of the kind wanted; it has {names}.")


def licence_of(record: Mapping[str, Any]) -> str:
    """SPDX identifier of a dataset's licence; else what the dataset says of it; empty where it says nothing."""
    said = str(record.get("license_id") or "").strip().lower()
    if said in LICENCES:
        return LICENCES[said]
    for name in ("license_other", "license_title"):
        text = " ".join(str(record.get(name) or "").split())
        if text and text.lower() not in ("none", "notspecified"):
            return text[:200]
    return said if said not in ("notspecified", "hdx-other", "other") else ""


def date_of(record: Mapping[str, Any]) -> str:
    """First day that a dataset describes, YYYY-MM-DD, from `[2019-10-31T00:00:00 TO *]`."""
    found = re.search(r"\d{4}-\d{2}-\d{2}", str(record.get("dataset_date") or ""))
    return found[0] if found else ""
