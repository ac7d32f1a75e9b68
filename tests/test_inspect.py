"""An unknown register is looked at, and the draft recipe is one that the recipe reader accepts and a build can start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.harmonise import harmonise
from etl.inspect import Inspection, inspect_file
from etl.recipe import Recipe, read_recipe
from etl.source import read_raw
from geodata.errors import SourceError


def drafted(inspection: Inspection, folder: Path) -> Recipe:
    path = folder / "draft.toml"
    path.write_text(inspection.recipe_toml, "utf-8")
    return read_recipe(path)


def inspect(folder: Path, content: str, name: str = "register.csv") -> Inspection:
    (folder / name).write_text(content, "utf-8")
    return inspect_file(folder / name)


def mapping(recipe: Recipe) -> dict[str, tuple[str, ...]]:
    return {field: feed.raw for field, feed in recipe.source[0].columns.items()}


REGISTERS = {
    "brazil-tocantins/escolas-to-2025.xlsx": {"school_id_govt": ("CO_ENTIDADE",), "has_internet": ("IN_INTERNET",), "has_internet_for_learners": ("IN_INTERNET_ALUNOS",), "latitude": ("LATITUDE",), "num_computers": ("QT_DESKTOP_ALUNO", "QT_COMP_PORTATIL_ALUNO"), "admin1": ("NO_MUNICIPIO",)},
    "brazil-maracanau/ESCOLAS_2307650_2024.csv": {"num_students": ("QT_MAT_BAS",), "num_students_girls": ("QT_MAT_BAS_FEM",), "num_teachers": ("QT_DOC_BAS",)},
    "brazil-maracanau/ESCOLAS_2307650_2015.csv": {"school_id_govt": ("CO_ENTIDADE",)},
    "kenya-schools/ken_schools_full.csv.gz": {"school_name": ("SCHOOL_NAM",), "education_level": ("LEVEL",), "school_funding_type": ("Status",), "admin1": ("County",), "latitude": ("Y_Coord",), "longitude": ("X_Coord",)},
    "itu-planning-examples/example-pointsofinterest.xlsx": {"school_id_govt": ("poi_id",), "latitude": ("lat",), "has_internet": ("is_connected",), "has_electricity": ("has_electricity",)},
    "itu-planning-examples/example-pointsofinterest.gpkg": {"school_id_govt": ("poi_id",)},
    "itu-planning-examples/example-cellsites.gpkg": {"cell_id": ("ict_id",), "radio": ("radio_type",)},
    "itu-planning-examples/example-transmissionnode.gpkg": {"node_id": ("ict_id",), "transmission_medium": ("transmission_medium",)},
    "itu-planning-examples/example-coverage.csv": {"radio": ("radio_type",)},
    "cameroon-osm/schools.geojson": {"school_id_govt": ("osm_id",), "school_name": ("name",), "education_level": ("amenity",)},
    "ookla-tiles/fixed_guam_ookla_2023Q2.geojson": {"quadkey": ("quadkey",), "avg_download_mbps": ("avg_d_kbps",)},
}  # fmt: skip


@pytest.mark.parametrize("name", REGISTERS)
def test_real_files(real_data: Path, tmp_path: Path, name: str) -> None:
    inspection = inspect_file(real_data / name)
    recipe = drafted(inspection, tmp_path)
    got = mapping(recipe)
    assert {k: got.get(k) for k in REGISTERS[name]} == REGISTERS[name]
    raw = read_raw(recipe.source[0], (real_data / name).parent)
    out = harmonise(raw, recipe.source[0])  # it already builds, before a person has corrected it
    assert len(out.frame) + len(out.rejected) + len(out.out_of_scope) == len(raw)
    assert len(out.frame) > 0.9 * len(raw)


def test_boundaries_get_a_boundary_table(real_data: Path, tmp_path: Path) -> None:
    recipe = drafted(inspect_file(real_data / "connector-examples" / "caf_admin2.parquet"), tmp_path)
    assert (recipe.boundary[0].name_column, recipe.boundary[0].id_column, recipe.boundary[0].level) == (
        "adm2_name",
        "adm2_pcode",
        2,
    )
    recipe = drafted(inspect_file(real_data / "brazil-boundaries" / "geojs-17-mun.json"), tmp_path)
    assert (recipe.boundary[0].name_column, recipe.boundary[0].id_column) == ("name", "id")


def test_gigas_master_schema(tmp_path: Path) -> None:
    names = "school_id_giga,school_id_govt,school_name,latitude,longitude,admin1,admin1_id_giga,admin2,education_level,school_area_type,school_funding_type,num_students,num_teachers,num_computers,computer_lab,electricity_availability,electricity_type,water_availability,connectivity_govt,connectivity_type_govt,download_speed_contracted,num_tablets,num_students_girls"
    rows = [
        f"0000-{i},S{i},School {i},{-1.5 - i / 1000:.5f},{36.2 + i / 1000:.5f},P{i % 3},p{i % 3},D{i % 5},Primary,urban,public,{100 + i},5,3,yes,no,electrical grid,Yes,No,xdsl,10,2,{40 + i}"
        for i in range(30)
    ]
    inspection = inspect(tmp_path, "\n".join([names, *rows]))
    recipe = drafted(inspection, tmp_path)
    wanted = {
        "school_id_giga": "school_id_giga", "school_id_govt": "school_id_govt", "has_computer_lab": "computer_lab", "has_electricity": "electricity_availability",
        "has_water": "water_availability", "has_internet": "connectivity_govt", "connectivity_type": "connectivity_type_govt", "admin1": "admin1", "admin1_id": "admin1_id_giga",
        "download_speed_contracted_mbps": "download_speed_contracted", "num_tablets": "num_tablets", "num_students_girls": "num_students_girls",
    }  # fmt: skip
    assert {k: mapping(recipe)[k] for k in wanted} == {k: (v,) for k, v in wanted.items()}
    out = harmonise(read_raw(recipe.source[0], tmp_path), recipe.source[0])
    assert out.frame["connectivity_type"].eq("metallic").all()
    assert out.frame["electricity_type"].eq("grid").all()
    assert out.unmapped == {}


@pytest.mark.parametrize(
    ("header", "row", "wanted"),
    [
        ("Código modular;Nombre de la IE;Nivel;Zona;Matrícula;Docentes;Conexión a Internet;Latitud;Longitud", "{i:07d};Escuela {i};Primaria;Rural;{i};5;Sí;-12,0{i};-77,1{i}", {"school_id_govt": "Código modular", "num_students": "Matrícula", "has_internet": "Conexión a Internet", "school_area_type": "Zona", "latitude": "Latitud"}),
        ("Code école\tNom de l'école\tNiveau\tMilieu\tEffectif total\tÉlectricité\tNombre d'ordinateurs", "E{i:03d}\tÉcole {i}\tPrimaire\tRural\t{i}\tOui\t0", {"school_id_govt": "Code école", "school_name": "Nom de l'école", "num_students": "Effectif total", "has_electricity": "Électricité", "num_computers": "Nombre d'ordinateurs"}),
        ("EMIS No.,Name of School,District,Level,Total Enrolment,Girls,Power Source,Internet Access", "{i:05d},School {i},D{i},Secondary,{i},{i},Solar,N", {"school_id_govt": "EMIS No.", "num_students": "Total Enrolment", "num_students_girls": "Girls", "electricity_type": "Power Source", "has_internet": "Internet Access", "admin1": "District"}),
    ],
)  # fmt: skip
def test_registers_in_other_languages(tmp_path: Path, header: str, row: str, wanted: dict[str, str]) -> None:
    inspection = inspect(tmp_path, "\n".join([header, *(row.format(i=i) for i in range(10, 60))]))
    recipe = drafted(inspection, tmp_path)
    assert {k: mapping(recipe).get(k) for k in wanted} == {k: (v,) for k, v in wanted.items()}
    out = harmonise(read_raw(recipe.source[0], tmp_path), recipe.source[0])
    assert out.unmapped == {}
    assert out.findings.empty


def test_words_are_known_whatever_the_column_is_called(tmp_path: Path) -> None:
    recipe = drafted(
        inspect(
            tmp_path,
            "code,qqq,zzz\n"
            + "".join(
                f"{i},{'Primary' if i % 2 else 'Secondary'},{'urban' if i % 3 else 'rural'}\n" for i in range(30)
            ),
        ),
        tmp_path,
    )
    assert mapping(recipe)["education_level"] == ("qqq",)
    assert mapping(recipe)["school_area_type"] == ("zzz",)


def test_faults_of_places_lead_to_repairs(real_data: Path, tmp_path: Path) -> None:
    tocantins = inspect_file(real_data / "brazil-tocantins" / "escolas-to-2025.xlsx").recipe_toml
    assert "# lost_decimal_point = true" in tocantins
    dms = inspect(tmp_path, "code,lat,lon\n" + "".join(f"{i},9°{i}'12\"S,49°{i}'00\"W\n" for i in range(10, 50)))
    assert drafted(dms, tmp_path).source[0].repair.degrees_minutes
    swapped = inspect(tmp_path, "code,lat,lon\n" + "".join(f"{i},120.{i},14.{i}\n" for i in range(10, 50)))
    assert drafted(swapped, tmp_path).source[0].repair.swapped
    metres = inspect(tmp_path, "code,utm_y,utm_x\n" + "".join(f"{i},100453{i}.5,1434{i}.2\n" for i in range(10, 50)))
    assert "# projected = " in metres.recipe_toml


def test_titles_above_the_names(tmp_path: Path) -> None:
    recipe = drafted(
        inspect(tmp_path, "Register of schools,,\n2024,,\nEMIS No,Name of School,Girls\n1,A,5\n2,B,6\n"), tmp_path
    )
    assert recipe.source[0].header_row == 2
    assert mapping(recipe)["num_students_girls"] == ("Girls",)


def test_personal_columns_are_named_but_never_shown(tmp_path: Path) -> None:
    inspection = inspect(
        tmp_path, "code,name,Head Teacher,contact\n1,A,Mary Poppins,+254 722 123456\n2,B,John Doe,+254 733 123456\n"
    )
    everything = inspection.recipe_toml + repr(inspection.report) + repr(inspection.notes)
    assert "Poppins" not in everything
    assert "722 123456" not in everything
    assert {f.column for f in inspection.report if f.personal} == {"Head Teacher", "contact"}


def test_what_cannot_be_inspected_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="one row a school"):
        inspect(tmp_path, "student name,school\nA,B\n")
    with pytest.raises(SourceError, match="web page"):
        inspect(tmp_path, "<html><body>log in</body></html>")


def test_report_counts(tmp_path: Path) -> None:
    found = {f.column: f for f in inspect(tmp_path, "code,students,odd\n1,10,x\n2,,y\n3,30,\n").report}
    assert (found["students"].known, found["students"].unknown, found["students"].least, found["students"].most) == (
        2,
        1,
        10.0,
        30.0,
    )
    assert (found["odd"].field, found["students"].field) == (None, "num_students")


def test_odd_names_make_valid_toml(tmp_path: Path) -> None:
    recipe = drafted(
        inspect(tmp_path, 'code,"Level ""of"" \\education","na\tme"\n1,"say ""x"" \\y",A\n2,z,B\n'), tmp_path
    )
    assert recipe.source[0].path == "register.csv"
