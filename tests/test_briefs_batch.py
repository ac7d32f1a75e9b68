"""A folder of briefs: it may be stopped and goes on, keeps what is whole, and its index tells the truth; the command."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import firstmile
from geodata.briefing.contents import Brief, brief_of
from geodata.errors import DisclosureError
from geodata.exports.brief_batch import Done, Wanted, name_of, read_index, write_all
from geodata.query import Desk
from tests.test_briefs import desk_of, pages, some


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk_of(tmp_path_factory.mktemp("batch"), some(24))


def wanted(desk: Desk, made: list[str], inputs: str = "one") -> list[Wanted]:
    """Briefs of both provinces and one that may not be shown; `made` hears which are made."""

    def make(area: str) -> Brief:
        made.append(area)
        if area == "P9":
            raise DisclosureError("Too few.")
        return brief_of(desk, area=area)

    return [Wanted(a, f"=Place {a}", inputs, lambda a=a: make(a)) for a in ("P0", "P1", "P9")]  # type: ignore[misc]


def test_a_batch_that_is_stopped_goes_on(desk: Desk, tmp_path: Path) -> None:
    made: list[str] = []

    def stop(line: Done) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_all(wanted(desk, made), tmp_path / "b", ".html", progress=stop)
    first = read_index(tmp_path / "b")
    assert [(d.key, d.file != "") for d in first] == [("P0", True)]
    lines = write_all(wanted(desk, made), tmp_path / "b", ".html")
    assert made == ["P0", "P1", "P9"]
    assert [(d.key, d.kept, d.note) for d in lines] == [("P0", True, ""), ("P1", False, ""), ("P9", False, "Too few.")]
    for line in read_index(tmp_path / "b")[:2]:
        content = (tmp_path / "b" / line.file).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (line.size, line.sha256)
    assert "'=Place P0" in (tmp_path / "b" / "index.csv").read_text("utf-8-sig")

    (tmp_path / "b" / lines[0].file).write_text("damaged")
    write_all(wanted(desk, made), tmp_path / "b", ".html")
    assert made[3:] == ["P0", "P9"]
    write_all(wanted(desk, made, inputs="other"), tmp_path / "b", ".html")
    assert made[5:] == ["P0", "P1", "P9"]
    assert not list((tmp_path / "b").glob(".*"))


def test_names_of_files_are_plain_and_their_own() -> None:
    names = {name_of(k, n, ".pdf") for k, n in (("1", "São José"), ("1", "Sao Jose"), ("../../x", "a/b"), ("", "المدينة"))}  # fmt: skip
    assert len(names) == 4
    assert all(set(n) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") for n in names)
    assert all(n.count(".") == 1 for n in names)


def test_the_command(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTMILE_STORE", f"sqlite:///{tmp_path / 'trail.db'}")
    run = CliRunner().invoke
    atlas = str(desk.atlas.link)
    out = tmp_path / "brief.pdf"
    told = run(firstmile.app, ["brief", atlas, str(out), "--official", "62%", "--official-source", "Report 2025", "--approved-by", "B. Director", "--reason", "Cabinet"])  # fmt: skip
    assert told.exit_code == 0, told.output
    text = pages(out.read_bytes())
    assert len(text) == 2
    assert "Approved by B. Director" in text[0].replace("\xa0", " ")
    table = tmp_path / "seats.csv"
    table.write_text("school_id,seat\ns1,East\ns2,West\ns3,East\n")
    folder = tmp_path / "seats"
    told = run(firstmile.app, ["brief", atlas, "--all-areas", str(folder), "--grouping", str(table), "--name-column", "seat", "--format", "html"])  # fmt: skip
    assert told.exit_code == 0, told.output
    assert [d.name for d in read_index(folder)] == ["Testland", "East", "West"]
    for wrong in ([], [str(tmp_path / "x.txt")], [str(out), "--all-areas", str(folder)], [str(out), "--lang", "xx"]):
        assert run(firstmile.app, ["brief", atlas, *wrong]).exit_code == 2
