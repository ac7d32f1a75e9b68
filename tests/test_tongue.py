"""In which language a request is answered, and that one stays in it."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from dashboard import gridwords, page, tongue
from dashboard.app import create_app
from dashboard.figures import Share, reported
from dashboard.replies import stamp
from dashboard.turned import turned
from geodata.query import Desk
from geodata.say import LANGUAGES, speaking, tr
from geodata.view import View
from tests.pages import country, said


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[FlaskClient, Desk]:
    app = create_app([country(tmp_path_factory.mktemp("place"))], tier="government")
    with app.server.test_request_context("/"):
        desk = page.served().desk()
    return app.server.test_client(), desk


@pytest.fixture
def client(served: tuple[FlaskClient, Desk]) -> FlaskClient:
    return served[0]


def told(client: FlaskClient, path: str, **headers: str) -> tuple[str, str]:
    html = client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()}).text
    found = re.search(r'<html lang="(\w+)" dir="(\w+)">', html)
    assert found, html[:200]
    return found[1], found[2]


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_the_address_says_the_language_from_the_first_byte(client: FlaskClient, code: str) -> None:
    assert told(client, f"/explore?lang={code}") == (code, LANGUAGES[code].direction)


@pytest.mark.parametrize(
    ("wish", "code"),
    [("", "en"), ("pt-BR,en;q=0.5", "pt"), ("ar-EG", "ar"), ("sw,de;q=0.9,fr;q=0.8", "fr"), ("zz, ;;q=x", "en"), ("*", "en")],
)  # fmt: skip
def test_where_no_address_says_it_the_browser_does(client: FlaskClient, wish: str, code: str) -> None:
    reply = client.get("/", headers={"Accept-Language": wish})
    assert f'<html lang="{code}"' in reply.text
    assert "Accept-Language" in reply.headers["Vary"]
    assert reply.headers["Content-Language"] == code
    assert "Set-Cookie" not in reply.headers


def test_what_stands_in_no_list_is_no_language(client: FlaskClient) -> None:
    assert told(client, "/explore?lang=../../etc", Accept_Language="fr")[0] == "fr"


def test_what_a_page_asks_for_is_answered_in_its_language(client: FlaskClient) -> None:
    def layout(referrer: str) -> str:
        return client.get("/_dash-layout", headers={"Referer": referrer}).text

    arabic, english = layout("http://localhost/explore?lang=ar"), layout("http://localhost/explore")
    assert '"direction":"rtl"' in arabic
    assert '"direction":"ltr"' in english
    assert '"direction":"ltr"' in layout("http://elsewhere.example/?lang=ar")  # another's page says nothing of ours
    assert '"direction":"ltr"' in layout("http://[")  # what is no address
    assert client.get("/").headers["Referrer-Policy"] == "same-origin"


def test_where_one_comes_from_says_nothing_of_a_page(client: FlaskClient) -> None:
    assert told(client, "/explore", Referer="http://localhost/explore?lang=ar")[0] == "en"


def test_answers_that_browsers_keep_name_their_language(served: tuple[FlaskClient, Desk]) -> None:
    client, desk = served
    marks = {}
    for code in LANGUAGES:
        with speaking(code):
            marks[code] = stamp(desk)
    assert len(set(marks.values())) == len(LANGUAGES)
    for code in ("ar", "fr"):  # the map's worker sends no referrer that says it
        reply = client.get(f"/values/{desk.atlas.slug}/{marks[code]}/1.json", headers={"Accept-Language": "es"})
        assert "immutable" in reply.headers["Cache-Control"], code


def test_links_keep_the_language(served: tuple[FlaskClient, Desk]) -> None:
    app = served[0].application
    with app.test_request_context("/explore?lang=ar"):
        app.preprocess_request()
        assert page.address("/data", View()) == "/data?lang=ar"
        assert page.address("/data", View.parse("lang=fr")) == "/data?lang=fr"
    with app.test_request_context("/explore"):
        app.preprocess_request()
        assert page.address("/data", View()) == "/data"
    with app.test_request_context("/explore?lang=en", headers={"Accept-Language": "fr"}):
        app.preprocess_request()
        assert page.address("/data", View()) == "/data?lang=en"


def test_the_switch_names_every_language_in_itself(client: FlaskClient) -> None:
    with speaking("fr"):
        shown = said(tongue.switch())
    assert all(one.name in shown for one in LANGUAGES.values())
    assert tr(tongue.unreviewed.__doc__ or "") not in shown
    with speaking("fr"):
        assert tongue.unreviewed() in shown
    assert tongue.unreviewed() not in said(tongue.switch())  # English is what the code says


def test_the_scripts_have_their_words() -> None:
    assert {"Link copied", "not reported", "{n} in view, of {all}"} <= set(tongue.script_messages())
    assert json.loads(tongue.script_words()) == {}
    with speaking("ar"):
        assert set(json.loads(tongue.script_words())) == set(tongue.script_messages())


def test_the_grid_reads_from_where_one_reads() -> None:
    assert gridwords.spoken({"rowHeight": 3})["enableRtl"] is False
    assert gridwords.first_side() == "left"
    with speaking("ar"):
        options = gridwords.spoken({"rowHeight": 3})
        assert options["enableRtl"] is True
        assert options["rowHeight"] == 3
        assert options["localeText"].keys() == gridwords.TEXTS.keys()
        assert gridwords.first_side() == "right"


def test_charts_are_turned_and_left_as_they_were() -> None:
    figure = reported([Share("Water", 3, 0, 1), Share("Internet", 1, 0, 3)])
    before = figure.to_json()
    plain = turned(figure)
    assert plain["layout"]["separators"] == ".,"
    assert plain["layout"]["xaxis"]["range"] == [0, 1.0]
    with speaking("ar"):
        mirrored = turned(figure)
    assert mirrored["layout"]["xaxis"]["range"] == [1.0, 0]
    assert mirrored["layout"]["yaxis"]["side"] == "right"
    assert mirrored["layout"]["title"]["xanchor"] == "right"
    assert mirrored["layout"]["title"]["text"].startswith("\u2067")
    assert list(mirrored["data"][0]["x"]) == list(plain["data"][0]["x"])  # the numbers are the same
    assert figure.to_json() == before
    with speaking("fr"):
        assert turned(figure)["layout"]["separators"] == ",\u202f"
