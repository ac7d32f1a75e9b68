"""Settings as a person gives them: environment variables, or a TOML file that lies outside the project.

    FIRSTMILE_GIGA_MAPS_KEY=…            a key            FIRSTMILE_DHIS2_KEY_PASSWORD=…   a key of another name
    FIRSTMILE_GIGA_MAPS_BASE=https://…   an address       FIRSTMILE_CONTACT=me@ministry    stands in the User-Agent
    FIRSTMILE_CACHE=…                    the cache        FIRSTMILE_SETTINGS=…             the settings file

    contact = "me@ministry.example"      # ~/.config/firstmile/settings.toml, mode 600
    [giga_maps]
    key = "…"
    [dhis2]
    base = "https://emis.ministry.example"
    user = "…"
    password = "…"

The environment wins over the file. What is read here is passed down; nothing below looks at the environment.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from etl.fetching.client import Client
from etl.fetching.settings import LOOPBACK, Settings
from geodata.errors import SourceError

PROJECT = Path(__file__).resolve().parents[2]
BASE = re.compile(r"FIRSTMILE_([A-Z0-9_]+)_BASE")
KEY = re.compile(r"FIRSTMILE_([A-Z0-9_]+?)_KEY(?:_([A-Z0-9_]+))?")


@dataclass
class Opened:
    """What was read: the settings, the cache's folder, and what a person should know."""

    settings: Settings
    cache: Path
    warnings: list[str] = field(default_factory=list)


def client_of(
    environ: Mapping[str, str],
    *,
    offline: bool = False,
    refresh: bool = False,
    tell: Callable[[str], None] = print,
) -> Client:
    """A client with the settings of this environment; warnings are told. Raises SourceError where they cannot be used."""
    opened = read_settings(environ)
    for warning in opened.warnings:
        tell(warning)
    return Client(opened.settings, opened.cache, offline=offline, refresh=refresh, tell=tell)


def default_cache() -> Path:
    """Where answers are kept where nobody says otherwise."""
    return Path.home() / ".cache" / "firstmile"


def read_settings(environ: Mapping[str, str]) -> Opened:
    """Settings of the environment and the file. Raises SourceError where the file is open to everybody, lies in the
    project, or is no TOML; no message holds a key."""
    given = environ.get("FIRSTMILE_SETTINGS", "").strip()
    path = Path(given) if given else Path.home() / ".config" / "firstmile" / "settings.toml"
    if given and not path.is_file():
        raise SourceError(f"There is no settings file {path} (FIRSTMILE_SETTINGS).")
    table, warnings = _file(path) if path.is_file() else ({}, [])
    bases, keys = _of_file(table, path)
    for name, value in environ.items():
        if (match := BASE.fullmatch(name)) and value.strip():
            bases[match[1].lower()] = value.strip()
        elif (match := KEY.fullmatch(name)) and value.strip():
            keys[match[1].lower(), (match[2] or "key").lower()] = value.strip()
    for service, base in bases.items():
        warnings += _about_base(service, base, any(s == service for s, _ in keys))
    contact = environ.get("FIRSTMILE_CONTACT", "").strip() or str(table.get("contact", ""))
    cache = environ.get("FIRSTMILE_CACHE", "").strip() or str(table.get("cache", ""))
    settings = Settings(bases, keys, " ".join(contact.split()).encode("ascii", "replace").decode())
    return Opened(settings, Path(cache).expanduser() if cache else default_cache(), warnings)


def _file(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The file's tables, unless it is where others see it."""
    if PROJECT in path.resolve().parents:
        raise SourceError(
            f"{path} lies in the project's own folder, from where keys are soon published. Move it, to ~/.config/firstmile/settings.toml for instance."
        )
    mode = path.stat().st_mode
    warnings = []
    if os.name == "posix" and mode & stat.S_IROTH:
        raise SourceError(
            f"{path} may be read by everybody on this machine, and keys stand in it. Run: chmod 600 {path}"
        )
    if os.name == "posix" and mode & stat.S_IRGRP:
        warnings.append(f"{path} may be read by the others of its group. Better: chmod 600 {path}")
    if any((folder / ".git").exists() for folder in path.resolve().parents):
        warnings.append(f"{path} lies in a folder under git: take care that it is never committed.")
    where = ""
    try:
        return tomllib.loads(path.read_text("utf-8-sig")), warnings
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line \d+, column \d+\)|\(at end of document\)", str(error))
        where = f" {found[0]}" if found else ""  # the place alone: the text around it may be a key
    except (OSError, UnicodeDecodeError):
        where = " (it cannot be read as text in UTF-8)"
    raise SourceError(f"{path} is not valid TOML{where}. Put each key in quotes: key = '…'")


def _of_file(table: dict[str, Any], path: Path) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    bases: dict[str, str] = {}
    keys: dict[tuple[str, str], str] = {}
    for service, values in table.items():
        if service in ("contact", "cache"):
            continue
        if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
            raise SourceError(
                f"{path}: [{service}] must be a table of texts, such as key = '…' and base = 'https://…'."
            )
        for name, value in values.items():
            if name == "base":
                bases[service] = value.strip()
            elif value.strip():
                keys[service, name] = value.strip()
    return bases, keys


def _about_base(service: str, base: str, keyed: bool) -> list[str]:
    """Raises SourceError where a base is no address; warns of a key that would go over the wire in the open."""
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceError(f"The address of {service} in the settings is no web address (https://…).")
    if parts.username or parts.password or parts.query:
        raise SourceError(f"The address of {service} in the settings holds a log-in or a question; give these as keys.")
    if keyed and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return [f"The key of {service} goes to {parts.hostname} unencrypted (http://). Use https:// if it can be had."]
    return []
