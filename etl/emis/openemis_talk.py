"""Talking to OpenEMIS: log in for a token (once more when it has run out), lists page by page, refusals in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from etl.emis.plain import entry, items, message_of, text, whole
from etl.fetching.client import Client
from etl.fetching.replies import Reply
from etl.personal import category_of
from geodata.errors import KeyNeededError, NothingFoundError, SourceError

SERVICE = "openemis"
LIMIT = 100
PEOPLE = (
    "principal",
    "head_teacher",
    "created_user_id",
    "modified_user_id",
    "created_user",
    "modified_user",
    "security_users",
)
REFUSED = (400, 404, 405, 422)
KEYS = (
    "set FIRSTMILE_OPENEMIS_KEY (the API key that the administrator issues), FIRSTMILE_OPENEMIS_KEY_USER and "
    "FIRSTMILE_OPENEMIS_KEY_PASSWORD."
)


@dataclass
class OpenEmis:
    """One OpenEMIS; `token` is renewed where the service says that it has run out, once a request."""

    client: Client
    base: str
    token: str = field(default="", repr=False)

    def rows(
        self, resource: str, fields: str = "", conditions: Mapping[str, str] | None = None
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """Every row of a resource, and what is to be said of it. Raises NothingFoundError where there is no such resource."""
        ended: list[int] = []
        promised: list[int] = []

        def page(number: int) -> list[dict[str, Any]]:
            if ended:
                return []
            params = [("limit", str(LIMIT)), ("page", str(number)), ("orderby", "id"), ("order", "asc")]
            params += [("_fields", fields)] if fields else []
            params += [("_conditions", ";".join(f"{k}:{v}" for k, v in conditions.items()))] if conditions else []
            try:
                answer = self._ask(resource, params).json()
            except NothingFoundError:
                if number == 1:
                    raise
                return []  # past the last page
            rows, last, total = page_of(answer, resource, len(promised))
            promised.append(total)
            if (last is not None and number >= last) or (last is None and len(rows) != LIMIT):
                ended.append(number)
            return rows

        pages = self.client.pages(SERVICE, page, first=1, size=None, id_of=lambda row: text(row.get("id")))
        notes = [f"{resource}: {note}" for note in pages.notes]
        if promised and promised[0] > len(pages.rows) + pages.repeats:
            notes.append(
                f"OpenEMIS promised {promised[0]:,} {resource}, and gave {len(pages.rows):,}: look at it before use."
            )
        return pages.rows, notes

    def lookup(self, resource: str) -> dict[str, str]:
        """Id → name of a lookup; empty where this site has none."""
        try:
            rows, _ = self.rows(resource, "id,name")
        except NothingFoundError:
            return {}
        return {text(r.get("id")): text(r.get("name")) for r in rows if text(r.get("id"))}

    def _ask(self, resource: str, params: list[tuple[str, str]]) -> Reply:
        if not self.token and not self.client.offline:
            self.log_in()
        try:
            return self._once(resource, params)
        except KeyNeededError:
            if self.client.offline:
                raise
            self.log_in()
        return self._once(resource, params)

    def _once(self, resource: str, params: list[tuple[str, str]]) -> Reply:
        header = ("Authorization", f"Bearer {self.token}") if self.token else None
        return self.client.get(
            SERVICE, f"{self.base}/{resource}", params=params, headers={"Accept": "application/json"}, allow=REFUSED,
            check=lambda reply: _look_at(reply, resource), key_header=header, forget=_of_people,
            who=self.client.settings.key(SERVICE, "user") or "",
        )  # fmt: skip

    def log_in(self) -> None:
        """A new token, kept nowhere. Raises KeyNeededError where a part of the key is missing or refused."""
        key = self.client.settings.key
        user, password, api_key = (
            key(SERVICE, "user"),
            key(SERVICE, "password"),
            key(SERVICE) or key(SERVICE, "api_key"),
        )
        if not (user and password and api_key):
            raise KeyNeededError(f"OpenEMIS needs a user, a password and an API key: {KEYS}")
        reply = self.client.get(
            SERVICE, f"{self.base}/login", method="POST", keep=False, allow=(400, 401, 403, 404, 405, 422),
            json={"username": user, "password": password, "api_key": api_key}, headers={"Accept": "application/json"},
            redirects=False,
        )  # fmt: skip
        if 300 <= reply.status < 400:  # a log-in stays where it was sent: the password does not follow to another host
            raise SourceError(
                f"{self.base}/login sends to another address ({self.client.veil.address(reply.headers.get('location', ''))}). If that is right, set it as FIRSTMILE_OPENEMIS_BASE."
            )
        if reply.status == 404:
            raise SourceError(f"{self.base}/login does not exist. Is the address right? It ends in /api/v5 or /api/v4.")
        answer = reply.json()
        token = text(entry(entry(answer).get("data")).get("token"))
        if reply.status >= 400 or not token:
            raise KeyNeededError(
                f"OpenEMIS does not let this user in: {message_of(answer) or f'status {reply.status}'}. To mend it, {KEYS}"
            )
        self.client.hide(token)
        self.token = token


def open_openemis(client: Client) -> OpenEmis:
    """The service at its address. Raises SourceError where the address is not known."""
    base = client.settings.base(SERVICE, "")
    if not base:
        raise SourceError(
            "The address of your OpenEMIS is not known. Set service.base in the recipe (such as "
            "https://emis.example.org/core/api/v5), or FIRSTMILE_OPENEMIS_BASE."
        )
    return OpenEmis(client, base if "/api/" in f"{base}/" else f"{base}/api/v5")


def page_of(answer: Any, resource: str, asked: int) -> tuple[list[dict[str, Any]], int | None, int]:
    """Rows, number of the last page (None where the list is bare), and how many rows there are in all (0: not said)."""
    data = entry(answer).get("data", answer if isinstance(answer, list) else None)
    if isinstance(data, list):
        return items(data), None, 0
    if isinstance(entry(data).get("data"), list):
        return items(data["data"]), whole(entry(data).get("last_page")), whole(entry(data).get("total")) or 0
    if not asked and data is None and "no" in message_of(answer).lower().split():
        return [], 1, 0
    raise SourceError(
        f"OpenEMIS answered {resource} without a list of rows: {message_of(answer) or 'its answers may have changed'}."
    )


def _of_people(name: str) -> bool:
    """Whether an entry holds a person: contact_person, telephone, e-mail, who wrote it."""
    return category_of(name) not in (None, "address") or name in PEOPLE


def _look_at(reply: Reply, resource: str) -> None:
    """Raises where an answer is none, before the cache keeps it."""
    if reply.status == 404:
        raise NothingFoundError(f"This OpenEMIS has no {resource}.")
    answer = reply.json()
    if reply.status >= 400:
        raise SourceError(f"OpenEMIS refused {resource}: {message_of(answer) or f'status {reply.status}'}.")
