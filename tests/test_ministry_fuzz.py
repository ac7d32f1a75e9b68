"""A ministry's systems on their worst day, with everything that a mapping file asks for. More seeds: `FIRSTMILE_FUZZ=200`."""

from __future__ import annotations

import os
import random
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl.connect import Ask, Connector
from etl.emis.suggesting import as_csv, suggest
from etl.sources.dhis2 import DHIS2
from etl.sources.giga_meter import GIGA_METER
from etl.sources.openemis import OPENEMIS
from geodata.errors import FirstMileError
from tests import test_dhis2, test_openemis
from tests.replay import land
from tests.replay.mutations import spoilt
from tests.replay.server import Replay
from tests.replay.services import dhis2, giga_meter, openemis

SEEDS = int(os.environ.get("FIRSTMILE_FUZZ", "3"))
KEYS = {**dhis2.KEYS, **openemis.KEYS, **giga_meter.KEYS}
CASES: list[tuple[Connector, dict[str, Any], str]] = [
    (DHIS2, {"level": "School", "period": "2025", "mapping": "mapping.csv"}, test_dhis2.MAPPING),
    (
        DHIS2,
        {"group": "Private schools", "period": "2025", "mapping": "mapping.csv", "at_once": 10},
        test_dhis2.MAPPING,
    ),
    (OPENEMIS, {"mapping": "mapping.csv"}, test_openemis.MAPPING),
    (GIGA_METER, {"from": "2026-08-20", "until": "2026-09-10", "api": "v1"}, ""),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with Replay(land) as replay:
        yield replay


@pytest.mark.parametrize("number", range(len(CASES)))
def test_spoilt_answers_give_a_table_or_a_reason(server: Replay, tmp_path: Path, number: int) -> None:
    connector, options, mapping = CASES[number]
    (tmp_path / "mapping.csv").write_text(mapping, "utf-8")
    for seed in range(SEEDS):
        rng = random.Random(zlib.crc32(f"{number} {seed}".encode()))
        server.clear()
        server.fault("", "mutate", with_=lambda body, rng=rng: spoilt(body, rng), skip=rng.randrange(9))
        asked = Ask(land.ISO3, land.ISO2, "Quenara", land.BOUNDS, None, options, data=tmp_path, today=date(2026, 11, 1))
        try:
            taken = connector.take(server.client(tmp_path / str(seed), KEYS), asked)
        except FirstMileError as error:
            said = str(error)
        else:
            assert isinstance(taken.content, pd.DataFrame)
            assert taken.content.columns.is_unique
            said = " ".join(taken.notes)
        assert said
        assert not any(secret in said for secret in KEYS.values() if len(secret) > 8)


@pytest.mark.parametrize("service", ["dhis2", "openemis"])
def test_suggestions_from_spoilt_answers(server: Replay, tmp_path: Path, service: str) -> None:
    for seed in range(SEEDS):
        rng = random.Random(zlib.crc32(f"{service} {seed}".encode()))
        server.clear()
        server.fault("", "mutate", with_=lambda body, rng=rng: spoilt(body, rng), skip=rng.randrange(4))
        try:
            said = as_csv(suggest(service, server.client(tmp_path / str(seed), KEYS)))
        except FirstMileError as error:
            said = str(error)
        assert said
