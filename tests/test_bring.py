"""A register brought in the browser: its files, the choices of its recipe, a try, what is refused, and to whom."""

from __future__ import annotations

import json
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

import firstmile_bring
from dashboard import page as p
from dashboard.app import create_app
from dashboard.bringing import answers, choices, columnstep, door, drawing, jobs, live, state
from dashboard.pages import bring
from etl.alike import alike
from etl.confine import refuse_outside
from etl.looking import look, unpack
from etl.recipe import Recipe, read_recipe
from etl.trying import try_recipe
from geodata.errors import BusyError, RecipeError, SourceError, StoreError
from geodata.layers import open_atlas
from geodata.query import Desk
from geodata.store import brought, open_store, uploads
from geodata.text import plain_name
from geodata.view import View
from tests.conftest import ROOT
from tests.factories import atlas, schools
from tests.pages import said

RECIPES = sorted((ROOT / "etl" / "recipes").glob("*.toml"))
OURS = {"X-First-Mile": "bring"}


def register(rows: int = 60) -> bytes:
    """A register as ministries keep it: semicolons, Latin-1, decimal commas, odd words, a head's telephone, a copied row."""
    head = "Código;Nome da escola;Distrito;Latitude;Longitude;Alunos;Tem internet;Situação;Telefone do diretor"
    words, states = ("Sim", "Não", "S/I", "às vezes"), ("Em funcionamento", "Fechada")
    lines = [
        f"ST{n:04d};Escola nº {n};{('São João', 'Água Fria')[n % 2]};0,{1500 + n};6,{5500 + n};{40 + n};{words[n % 4]};{states[n % 7 == 0]};+239 22 {n:05d}"
        for n in range(rows)
    ]
    return "\r\n".join([head, *lines, lines[4]]).encode("latin-1")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The register on the disk, and what the look at it found."""
    folder = tmp_path_factory.mktemp("register")
    (folder / "escolas.csv").write_bytes(register())
    return folder, look(folder / "escolas.csv")


# --- the file -----------------------------------------------------------------------------------------------------


def test_a_faulty_register_is_understood_as_far_as_it_can_be(found: tuple[Path, dict[str, Any]]) -> None:
    _, seen = found
    by_column = {c["column"]: c for c in seen["columns"]}
    assert by_column["Tem internet"]["field"] == "has_internet"
    assert dict(by_column["Tem internet"]["values"]) == {"Sim": 16, "Não": 15, "S/I": 15, "às vezes": 15}
    assert by_column["Telefone do diretor"]["personal"]
    assert not by_column["Telefone do diretor"]["values"]
    assert "+239" not in json.dumps(seen)
    assert seen["meanings"]["yesno"][""]["Sim"] == "yes"
    assert "às vezes" not in seen["meanings"]["yesno"][""]
    assert choices.parsed(seen["recipe"])["source"][0]["decimal"] == ","


@given(st.text(max_size=80))
def test_no_name_that_a_visitor_sends_is_a_path(name: str) -> None:
    plain = plain_name(name)
    assert plain
    assert Path(plain).name == plain
    assert not plain.startswith(".")
    assert not set(plain) & set('/\\\0:*?"<>| \n')
    assert plain_name(plain) == plain


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=30))
def test_slices_in_any_order_give_the_file_or_nothing(asked: list[tuple[int, int]]) -> None:
    content = bytes(range(40))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads, "SPARE", 0)
        folder = Path(tempfile.mkdtemp())
        upload = uploads.begin(folder / uploads.SHELF)
        assert uploads.expect(upload, "../../etc/passwd.CSV", len(content)) == "etc_passwd.csv"
        here = 0
        for at, size in asked:
            here = uploads.take(upload, at, content[at : at + size]) if here < len(content) else here
        while here < len(content):
            here = uploads.take(upload, here, content[here : here + 7])
        (name,) = upload.names()
        assert (upload.files / name).read_bytes() == content
        uploads.discard(upload)


def test_what_cannot_be_taken_is_refused_in_words(tmp_path: Path) -> None:
    upload = uploads.begin(tmp_path / "uploads")
    for name, size, why in (
        ("a.exe", 9, "of this kind"),
        ("a.csv", 0, "empty"),
        ("a.csv", 1 << 40, "MB"),
        ("a", 9, "of this kind"),
    ):
        with pytest.raises(StoreError, match=why):
            uploads.expect(upload, name, size)
    with pytest.raises(StoreError, match="No file is expected"):
        uploads.take(upload, 0, b"x")
    for id_ in ("..", "../uploads", "A" * 24, upload.id + "/..", ""):
        with pytest.raises(StoreError, match="not here any more"):
            uploads.opened(tmp_path / "uploads", id_)


@pytest.mark.parametrize("name", ["../upload.json", "/etc/passwd", "../../other.zip", "", "."])
def test_the_work_looks_at_no_file_but_those_that_came(name: str, tmp_path: Path) -> None:
    """The browser says which file to look at; a ZIP that was looked at is deleted."""
    upload = uploads.begin(tmp_path / "uploads")
    (upload.files / "a.csv").write_bytes(b"x")
    assert upload.file("a.csv").read_bytes() == b"x"
    (tmp_path / "uploads" / "other.zip").write_bytes(b"PK")
    with pytest.raises(StoreError, match="Begin again"):
        upload.file(name)
    with pytest.raises(StoreError, match="Begin again"):
        firstmile_bring._look(upload, {"file": name}, firstmile_bring._Told(upload.folder / "progress.jsonl"), "")
    assert (tmp_path / "uploads" / "other.zip").exists()


def test_nor_can_what_a_person_sets_lead_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("word\nsecret\n")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.csv").write_bytes(register(5))
    seen = look(tmp_path / "files" / "a.csv", {"path": str(tmp_path / "secret.csv"), "format": "csv"})
    assert "secret" not in json.dumps(seen)


def test_an_archive_gives_plain_files_and_no_bomb(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("deep/er/Schools 2026.csv", register(5))
        archive.writestr("../../outside.csv", "a,b\n1,2\n")
        archive.writestr("run.sh", "rm -rf /")
    assert unpack(tmp_path / "a.zip", folder) == ["Schools_2026.csv"]
    assert [f.name for f in folder.iterdir()] == ["Schools_2026.csv"]
    assert not (tmp_path.parent / "outside.csv").exists()
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(3):
            with archive.open(f"{n}.csv", "w") as stream:
                stream.write(b"0" * (4 << 20))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("etl.looking.MOST_UNPACKED", 8 << 20)
        with pytest.raises(SourceError, match="more than"):
            unpack(tmp_path / "bomb.zip", folder)


def test_two_million_columns_are_refused_before_they_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_bytes(b"a," * 2_000_000 + b"a\n1\n")
    began = time.monotonic()
    with pytest.raises(SourceError, match="more columns than any register"):
        look(tmp_path / "wide.csv")
    assert time.monotonic() - began < 2


# --- the choices --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_key_of_a_recipe_survives_the_controls(path: Path) -> None:
    recipe = choices.parsed(path.read_text("utf-8"))
    again = choices.parsed(choices.text_of(recipe))
    assert Recipe.model_validate(again) == Recipe.model_validate(recipe)


def test_a_choice_changes_one_thing(found: tuple[Path, dict[str, Any]]) -> None:
    recipe = choices.parsed(found[1]["recipe"])
    source = choices.register(recipe)
    moved = choices.with_meaning(recipe, "Alunos", "num_teachers")
    assert "num_students" not in choices.register(moved)["columns"]
    assert choices.register(moved)["columns"]["num_teachers"] == "Alunos"
    stolen = choices.with_meaning(recipe, "Distrito", "school_name")
    assert choices.register(stolen)["columns"]["school_name"] == "Distrito"
    assert "Nome da escola" not in str(choices.register(stolen)["columns"])
    raw = ["Sim", "Não", "S/I", "às vezes"]
    known = choices.understood(source, "has_internet", raw, found[1]["meanings"])
    assert known == {"Sim": "yes", "Não": "no", "S/I": "", "às vezes": ""}
    said = choices.with_value(recipe, "has_internet", known, "às vezes", "yes")
    assert choices.register(said)["values"]["has_internet"] == {**known, "às vezes": "yes"}
    assert choices.with_set(recipe, "place.levels", "distrito, cidade")["place"]["levels"] == ["distrito", "cidade"]
    assert (
        choices.register(choices.with_scope(recipe, "Situação", ["Em funcionamento"], "closed"))["scope"]["reason"]
        == "closed"
    )
    assert "scope" not in choices.register(choices.with_scope(recipe, "Situação", [], ""))
    assert choices.with_policy(recipe, "changed_location_m", "250")["policy"] == {"changed_location_m": 250.0}
    assert recipe == choices.parsed(found[1]["recipe"])


@pytest.mark.parametrize("key", ["place", "__class__.x", "source", "policy.x", "place.name.x.y", "context.0.path", ""])
def test_only_choices_that_there_are_can_be_made(key: str) -> None:
    with pytest.raises(RecipeError):
        choices.with_set({"place": {}}, key, "x")


@pytest.mark.parametrize("value", ["1,2,3", "a,b,c,d", "10,0,5,1", "-200,0,0,1", "0,0,0,100"])
def test_bounds_that_are_none_are_refused(value: str) -> None:
    with pytest.raises(RecipeError, match="west, south, east, north"):
        choices.with_set({"source": [{}]}, "source.repair.bounds", value)


def test_a_text_that_is_no_recipe_is_refused_in_words() -> None:
    for text in ("place = [", "a = " + "[" * 20_000, "\x00"):
        with pytest.raises(RecipeError, match="not valid TOML"):
            choices.parsed(text)


OUTSIDE = {
    "path of a file elsewhere": ("source.0.path", "/etc/passwd"),
    "path that climbs": ("source.0.path", "../other/escolas.csv"),
    "path on Windows": ("source.0.path", "C:\\escolas.csv"),
    "path in a folder": ("source.0.path", "sub/escolas.csv"),
    "address": ("source.0.download", "https://example.org/a.csv"),
    "service": ("source.0.service", {"name": "osm"}),
    "aliases by path": ("source.0.values", {"has_internet": "../../secret"}),
    "system that is a file": ("source.0.crs", "+proj=tmerc +nadgrids=/etc/passwd"),
    "prices elsewhere": ("planning.prices", "/etc/prices.xlsx"),
    "boundary elsewhere": ("boundary", [{"level": 1, "path": "/vsicurl/http://example.org/a", "name_column": "n"}]),
    "text that names a file": ("place.disclaimer", "../secret.txt"),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_recipe_from_the_browser_keeps_to_its_own_folder(name: str, tmp_path: Path) -> None:
    data = tmp_path / "files"
    data.mkdir()
    (data / "escolas.csv").write_bytes(register(5))
    (tmp_path / "secret.txt").write_text("secret")
    plain: dict[str, Any] = {
        "place": {"name": "x", "iso3": "XXX", "levels": ["a"]},
        "planning": {},
        "source": [{"name": "r", "path": "escolas.csv", "columns": {"school_id_govt": "Código"}}],
    }
    refuse_outside(Recipe.model_validate(plain), data)
    key, value = OUTSIDE[name]
    at: Any = plain
    *way, last = key.split(".")
    for part in way:
        at = at[int(part)] if part.isdigit() else at[part]
    at[last] = value
    with pytest.raises(RecipeError, match="beyond its own files"):
        refuse_outside(Recipe.model_validate(plain), data)


# --- the try ------------------------------------------------------------------------------------------------------


def test_a_try_counts_every_row_and_says_what_would_change(found: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, seen = found
    recipe = choices.with_scope(choices.parsed(seen["recipe"]), "Situação", ["Em funcionamento"], "not operating")
    (tmp_path / "r.toml").write_text(choices.text_of(recipe), "utf-8")
    ids = [f"ST{n:04d}" for n in range(30)] + ["OLD1"]
    before = schools(school_id=ids, latitude=[0.15 + n / 10_000 for n in range(31)], longitude=[6.55 + n / 10_000 for n in range(31)], has_internet=[True] * 31)  # fmt: skip
    old = atlas(tmp_path, before, name="Old")
    files = sorted(p for p in tmp_path.rglob("*"))
    tried = try_recipe(read_recipe(tmp_path / "r.toml"), folder, old.link)
    assert sorted(p for p in tmp_path.rglob("*")) == files  # nothing was written
    (source,) = tried["sources"]
    out, rejected = (sum(n for _, n in source[part]) for part in ("out_of_scope", "rejected"))
    assert source["read"] == 61 == source["accepted"] + out + rejected
    assert dict(source["out_of_scope"]) == {"not operating": 9}
    assert tried["schools"] == source["accepted"] == tried["located"] == 51
    changes = tried["changes"]
    kept = {n for n in range(30) if n % 7}
    assert (changes["new"], changes["gone"]) == (51 - len(kept), 31 - len(kept))
    assert changes["values"]["has_internet"]["changed"] == sum(n % 4 == 1 for n in kept)
    assert "+239" not in json.dumps(tried)


def test_next_years_register_takes_over_the_recipe_and_its_files(
    found: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    (old / "r.toml").write_text(
        '[place]\nname="x"\niso3="STP"\nlevels=["a"]\n[[source]]\nname="r"\npath="2025.xlsx"\nsheet="S"\n[source.columns]\nschool_id_govt="Código"\n'
        '[[source]]\nname="d"\nkind="attributes"\npath="sub/dev ices.csv"\ndownload="https://example.org/d.csv"\n[source.columns]\nschool_id_govt="id"\n',
        "utf-8",
    )
    (old / "sub").mkdir()
    (old / "sub" / "dev ices.csv").write_text("id\n1\n", "utf-8")
    (old / "2025.xlsx").write_bytes(b"x")
    built = atlas(tmp_path, schools(school_id=["a"]), name="Mine")
    shelf = built.link.parent / f"{built.link.name}.d"
    shelf.mkdir(exist_ok=True)
    (shelf / "origin.json").write_text(
        json.dumps({"recipe": str(old / "r.toml"), "data": str(old), "files": []}), "utf-8"
    )
    (new / "escolas.csv").write_bytes(register(5))
    recipe = alike(built.link, new, "escolas.csv", choices.parsed(found[1]["recipe"]))
    assert [s["path"] for s in recipe["source"]] == ["escolas.csv", "dev_ices.csv"]
    assert "sheet" not in recipe["source"][0]
    assert recipe["source"][0]["decimal"] == ","
    assert recipe["source"][0]["columns"] == {"school_id_govt": "Código"}
    refuse_outside(Recipe.model_validate(recipe), new)
    (old / "sub" / "dev ices.csv").unlink()
    with pytest.raises(SourceError, match=r"dev ices\.csv"):
        alike(built.link, new, "escolas.csv", {})


# --- who may ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a served country."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    built = atlas(home, schools(school_id=["a", "b"]), name="Mine")
    return create_app([built], tier="government", store=open_store(None)).server.test_client()


def sent(client: FlaskClient, content: bytes, name: str = "escolas.csv") -> str:
    """The id of an upload that came whole, in two slices."""
    begun = client.post("/bring/begin", json={"name": name, "size": len(content)}, headers=OURS).get_json()
    half = len(content) // 2
    for at, piece in ((0, content[:half]), (half, content[half:])):
        reply = client.post(f"/bring/{begun['id']}/slice?at={at}", data=piece, headers=OURS)
        assert reply.get_json()["here"] == at + len(piece)
    return str(begun["id"])


def test_a_file_comes_in_slices_and_its_recipe_leaves(
    client: FlaskClient, home: Path, found: tuple[Path, dict[str, Any]]
) -> None:
    id_ = sent(client, register())
    upload = uploads.opened(home / "uploads", id_)
    assert (upload.files / "escolas.csv").read_bytes() == register()
    assert client.get(f"/bring/{id_}/recipe.toml").status_code == 400
    upload.keep("look", {"file": "escolas.csv", **found[1]})
    assert state.adopt(upload)
    reply = client.get(f"/bring/{id_}/recipe.toml")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="escolas.toml"'
    assert Recipe.model_validate(choices.parsed(reply.text)).source[0].path == "escolas.csv"
    assert not state.adopt(upload)  # once


@pytest.mark.parametrize(
    "headers", [{}, {**OURS, "Origin": "https://evil.example"}, {**OURS, "Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_cannot_have_a_visitor_bring_anything(
    client: FlaskClient, headers: dict[str, str], home: Path
) -> None:
    reply = client.post("/bring/begin", json={"name": "a.csv", "size": 9}, headers=headers)
    assert reply.status_code == 403
    assert not list((home / "uploads").glob("*/files/a.csv"))
    if headers:
        assert client.post("/_dash-update-component", json={}, headers=headers).status_code == 403


def test_the_public_view_brings_nothing(tmp_path: Path) -> None:
    built = atlas(tmp_path, schools(school_id=["a"]), name="Mine")
    app = create_app([built])
    client = app.server.test_client()
    for reply in (
        client.post("/bring/begin", json={"name": "a.csv", "size": 9}, headers=OURS),
        client.post(f"/bring/{'a' * 24}/slice?at=0", data=b"x", headers=OURS),
        client.get(f"/bring/{'a' * 24}/recipe.toml"),
    ):
        assert reply.status_code == 403
        assert "partner and the government view only" in reply.text
    with app.server.test_request_context("/bring"):
        drawn = bring.layout(p.served().desk(), View())
        assert "bring-drop" not in str(drawn)
        assert "partner and the government view only" in said(drawn)
    assert not (tmp_path / "uploads").exists()


def test_partners_do_not_see_what_others_brought(tmp_path: Path) -> None:
    built = atlas(tmp_path, schools(school_id=["a"]), name="Mine")
    uploads.begin(tmp_path / "uploads").note(files=["secret_name.csv"])
    for tier, seen in (("partner", False), ("government", True)):
        app = create_app([built], tier=tier)
        with app.server.test_request_context("/bring"):
            assert ("secret_name" in str(drawing.drawn("")[1])) is seen


def test_the_page_speaks_of_columns_words_and_doubts(
    client: FlaskClient, home: Path, found: tuple[Path, dict[str, Any]]
) -> None:
    id_ = sent(client, register())
    upload = uploads.opened(home / "uploads", id_)
    upload.keep("look", {"file": "escolas.csv", **found[1]})
    with client.application.test_request_context("/bring"):
        nav, body, _, still, uncancellable = drawing.drawn(f"#{id_}/what")
        assert not still  # the recipe is checked behind the screen
        assert uncancellable
        words = said(body)
        assert "Telefone do diretor" in words
        assert "Internet: 2 words in 30 rows not understood" in words
        assert "4 Build it" in said(nav)
        seen = state.Seen(upload)
        assert (
            next(o for o in columnstep.options(seen.recipe["place"]) if o["value"] == "admin1")["label"] == "Distrito"
        )
        assert "not here any more" in said(drawing.drawn("#" + "0" * 24)[1][0])


# --- building -----------------------------------------------------------------------------------------------------


def test_a_build_that_is_cancelled_leaves_everything_as_it_was(
    client: FlaskClient, home: Path, found: tuple[Path, dict[str, Any]]
) -> None:
    upload = uploads.opened(home / "uploads", sent(client, register()))
    upload.keep("look", {"file": "escolas.csv", **found[1]})
    state.adopt(upload)
    before = open_atlas(home / "mine").version
    with client.application.test_request_context("/bring"):
        jobs.start(upload, "build", out=str(home / "new"), who="Ana", reason="a look")
        with pytest.raises(BusyError):
            jobs.start(upload, "try")
        end = time.monotonic() + 60
        while not jobs.state(upload).steps and time.monotonic() < end:
            time.sleep(0.05)
        assert jobs.state(upload).runs
        jobs.cancel(upload)
        jobs.cancel(upload)
        job = jobs.state(upload)
    assert (job.runs, job.over) == (False, uploads.CANCELLED)
    assert not uploads.at_work(upload)
    assert not (home / "new").exists()
    assert open_atlas(home / "mine").version == before
    assert upload.recipe_text


def test_a_new_place_never_takes_the_place_of_another(client: FlaskClient, home: Path) -> None:
    """Neither of the country that an upload was to update a moment ago, nor of one that waits to be built."""
    text = '[place]\nname = "Twin"\n'
    one, other = (uploads.opened(home / "uploads", sent(client, register())) for _ in range(2))
    for upload in (one, other):
        upload.write("recipe.toml", text)
    with client.application.test_request_context("/"):
        one.note(slug=state.slug_of(state.Seen(one)), built="twin", target="mine")
        assert one.about["slug"] == "twin"
        assert state.slug_of(state.Seen(other)) == "twin_2"
        answers.targeted(door.at(one), "")
    assert not one.about["built"]
    for upload in (one, other):
        uploads.discard(upload)


def test_what_no_file_can_hold_is_no_fault_of_an_upload(tmp_path: Path) -> None:
    upload = uploads.begin(tmp_path / "uploads")
    upload.note(reason="half a letter \ud800")
    assert upload.about["reason"] == "half a letter ?"


def test_work_that_ended_without_a_word_is_told_as_such(tmp_path: Path) -> None:
    upload = uploads.begin(tmp_path / "uploads")
    upload.keep("job", {"step": "build", "asked": 0})
    job = jobs.state(upload)
    assert (job.runs, job.over) == (False, "failed")
    assert "Nothing was changed" in job.said


def test_a_running_server_shows_a_new_build_and_what_was_brought(tmp_path: Path) -> None:
    first = atlas(tmp_path, schools(school_id=["a"]), name="Mine")
    other = atlas(tmp_path / "elsewhere", schools(school_id=["a", "b"]), name="X")
    link = tmp_path / "shown"
    link.symlink_to(first.folder, target_is_directory=True)
    for tier, names in (("government", {"shown", "x"}), ("partner", {"shown"}), ("public", {"shown"})):
        server = create_app([open_atlas(link)], tier=tier).server
        (tmp_path / "x").unlink(missing_ok=True)
        (tmp_path / "x").symlink_to(other.folder, target_is_directory=True)
        (tmp_path / "uploads").mkdir(exist_ok=True)
        brought.show(tmp_path / "shown", "x", "government")
        live.refresh(server)
        assert set(server.config[p.KEY].desks) == names
    desk: Desk = server.config[p.KEY].desks["shown"]
    live.refresh(server)
    assert server.config[p.KEY].desks["shown"] is desk  # the same build is not opened anew
    link.unlink()
    live.refresh(server)
    assert server.config[p.KEY].desks["shown"] is desk  # what is being swapped stays
    link.symlink_to(other.folder, target_is_directory=True)
    live.refresh(server)
    assert len(server.config[p.KEY].desks["shown"].whole) == 2


def test_settings_come_from_the_environment() -> None:
    assert door.settings_of({"FIRSTMILE_UPLOAD_MB": "3"}).largest == 3 << 20
    assert door.settings_of({"FIRSTMILE_UPLOAD_MB": "many"}).largest == uploads.LARGEST
