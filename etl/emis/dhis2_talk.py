"""Talking to DHIS2: who asks, what she may see, lists page by page, and its refusals in words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from etl.emis.plain import entry, items, listed, message_of, text, whole
from etl.fetching.client import Client
from etl.fetching.replies import Reply, impostor
from geodata.errors import KeyNeededError, SourceError

SERVICE = "dhis2"
PAGE = 1000
REFUSED = (404, 409)
# Entries of DHIS2's answers that name people, or in which people write freely: never kept, never read.
PEOPLE = frozenset(
    ("storedBy", "createdBy", "lastUpdatedBy", "user", "comment", "contactPerson", "phoneNumber", "email")
)
KEYS = (
    "set FIRSTMILE_DHIS2_KEY_TOKEN (a personal access token, made under Profile, Personal access tokens), or "
    "FIRSTMILE_DHIS2_KEY_USER and FIRSTMILE_DHIS2_KEY_PASSWORD."
)


@dataclass(frozen=True)
class Dhis2:
    """One DHIS2 as one user sees it."""

    client: Client
    base: str
    version: str
    server_date: str
    calendar: str
    roots: tuple[tuple[str, str], ...]  # organisation units that the user may see: id, name

    @property
    def old_geometry(self) -> bool:
        """Up to 2.31 a place stands in `coordinates` and `featureType`."""
        numbers = [n for p in self.version.split(".")[:2] if (n := whole(p)) is not None]
        return len(numbers) == 2 and numbers[0] == 2 and numbers[1] <= 31

    def ask(self, path: str, params: Sequence[tuple[str, str]] = ()) -> Any:
        """JSON of `/api/<path>`. Raises SourceError with the service's own words where it refuses."""
        return ask(self.client, self.base, path, params)

    def all_of(self, path: str, name: str, params: Sequence[tuple[str, str]]) -> tuple[list[dict[str, Any]], list[str]]:
        """Every row of a paged list, and what is to be said of it (fewer rows than promised, repeats)."""
        ended: list[int] = []
        totals: list[int] = []

        def page(number: int) -> list[dict[str, Any]]:
            if ended:
                return []
            answer = self.ask(path, [*params, ("page", str(number)), ("pageSize", str(PAGE))])
            rows = listed(answer, name, "DHIS2")
            pager = entry(entry(answer).get("pager"))
            totals.append(whole(pager.get("total")) or 0)
            count = whole(pager.get("pageCount"))
            if not pager or (number >= count if count is not None else not pager.get("nextPage")):
                ended.append(number)
            return rows

        pages = self.client.pages(SERVICE, page, first=1, size=None, id_of=lambda row: text(row.get("id")))
        notes = list(pages.notes)
        promised = max(totals, default=0)
        if promised > len(pages.rows):
            notes.append(f"DHIS2 promised {promised:,} {name}, and gave {len(pages.rows):,}: look at it before use.")
        return pages.rows, notes


def open_dhis2(client: Client) -> Dhis2:
    """Connect: system/info and me first. Raises KeyNeededError where the key is missing or refused."""
    base = client.settings.base(SERVICE, "")
    if not base:
        raise SourceError(
            "The address of your DHIS2 is not known. Set service.base in the recipe (such as https://emis.example.org/dhis), "
            "or FIRSTMILE_DHIS2_BASE."
        )
    base = base.removesuffix("/api")
    info = entry(ask(client, base, "system/info"))
    if not (info.get("version") or info.get("serverDate")):
        raise SourceError(
            f"{base}/api/system/info does not answer as DHIS2 does. Is the address right, with its context such as /emis?"
        )
    me = entry(
        ask(client, base, "me", [("fields", "id,organisationUnits[id,level,name],dataViewOrganisationUnits[id,name]")])
    )
    units = items(me.get("organisationUnits")) or items(me.get("dataViewOrganisationUnits"))
    roots = tuple((text(u.get("id")), text(u.get("name"))) for u in units if text(u.get("id")))
    if not roots:
        raise KeyNeededError(
            "The user of this DHIS2 key may see no organisation unit, so there are no schools to read. Ask the administrator "
            "to give the user the country's organisation unit."
        )
    return Dhis2(
        client,
        base,
        text(info.get("version")),
        text(info.get("serverDate")),
        text(info.get("calendar")) or "iso8601",
        roots,
    )


def credentials(client: Client) -> dict[str, Any]:
    """How it is said who asks: a personal access token, else user and password. Raises KeyNeededError without either."""
    if client.offline:
        return {}
    if token := client.settings.key(SERVICE, "token") or client.settings.key(SERVICE):
        return {"key_header": ("Authorization", f"ApiToken {token}")}
    user, password = client.settings.key(SERVICE, "user"), client.settings.key(SERVICE, "password")
    if not user or not password:
        raise KeyNeededError(f"DHIS2 needs a key: {KEYS}")
    return {"auth": (user, password)}


def reply_of(client: Client, base: str, path: str, params: Sequence[tuple[str, str]] = ()) -> Reply:
    """The answer of one address under /api; a refusal (409, 404) in the service's own words; a log-in page is a wrong key."""
    return client.get(
        SERVICE, f"{base}/api/{path}", params=list(params), headers={"Accept": "application/json"},
        allow=REFUSED, check=lambda reply: _look_at(reply, path), forget=PEOPLE.__contains__, who=_who(client),
        **credentials(client),
    )  # fmt: skip


def _who(client: Client) -> str:
    """Who asks: DHIS2 shows each user her own part of the country. Empty where no key is set (offline)."""
    token = client.settings.key(SERVICE, "token") or client.settings.key(SERVICE) or ""
    return hashlib.sha256(token.encode()).hexdigest() if token else client.settings.key(SERVICE, "user") or ""


def ask(client: Client, base: str, path: str, params: Sequence[tuple[str, str]] = ()) -> Any:
    """The same as JSON."""
    return reply_of(client, base, path, params).json()


def _look_at(reply: Reply, path: str) -> None:
    """Raises where an answer is none, before the cache keeps it."""
    if impostor(reply.content) == "a web page (HTML)" and reply.status < 400:
        raise KeyNeededError(
            f"{reply.address} sent to a log-in page: the user or password of DHIS2 is wrong, or the token has run out "
            "(they live 30 days unless set otherwise)."
        )
    if reply.status >= 400:
        raise _refusal(reply.status, path.partition(".")[0], _said(reply.json) or f"status {reply.status}")
    reply.json()


class RefusedError(SourceError):
    """DHIS2 refused in words of its own: 404 or 409."""


def _refusal(status: int, path: str, said: str) -> RefusedError:
    hint = " A read right on the data set may be missing, or a period or unit of the recipe is not right."
    return RefusedError(f"DHIS2 refused {path}: {said}.{hint if status == 409 else ''}")


def _said(read: Callable[[], Any]) -> str:
    try:
        answer: Mapping[str, Any] = entry(read())
    except SourceError:
        return ""
    code = text(answer.get("errorCode"))
    return message_of(answer) + (f" ({code})" if code else "")
