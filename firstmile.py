"""The one console command. Heavy parts load inside the commands that need them, so that `--help` answers at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from firstmile_more import every
from firstmile_open import OfflineOption, client
from firstmile_say import BAD, FAILED, OfficialOption, TierOption, WhoOption, findings, say, size, stop, warn, wrote

HOST, PORT = "127.0.0.1", 8050
LOOPBACK = ("127.0.0.1", "localhost", "::1")

app = typer.Typer(
    name="firstmile",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Which schools are without internet, devices and power, who learns in them, and what to fund first.

Look around with invented data: `firstmile demo`, then `firstmile serve atlases/demo`.

A country from open sources: `firstmile country KEN`, then `firstmile serve atlases/ken`.

Your own register: `firstmile inspect register.xlsx --out mine.toml`, correct the draft,
`firstmile build mine.toml --out atlases/mine`, `firstmile check atlases/mine`, `firstmile serve atlases/mine`.
""",
    epilog="Exit codes: 0 done, 1 a check or threshold failed, 2 bad input or usage.",
)
AtlasArgument = Annotated[
    Path, typer.Argument(metavar="ATLAS", help="Built data of one country, such as atlases/demo.")
]


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where the built data go.", metavar="ATLAS")] = Path("atlases/demo"),
) -> None:
    """Make the synthetic demonstration country: raw files with the faults of real ones, then the ordinary build.

    The raw files stay beside it, in a folder whose name ends in `.raw`, to be looked at.

    Example: `firstmile demo`, then `firstmile serve atlases/demo --tier government`
    """
    from etl.demo import write_demo
    from firstmile_trail import recorded_build

    raw = out.parent / f"{out.name}.raw"
    raw.mkdir(parents=True, exist_ok=True)
    say("Writing the raw files of a fictional country. All its data are synthetic.")
    write_demo(raw)
    recipe = Path(__file__).resolve().parent / "etl" / "recipes" / "demo.toml"
    atlas = recorded_build(recipe, raw, out, store())
    say(f"Done: {out} ({size(atlas)}). Synthetic demonstration data; raw files in {raw}.")
    say(f"Next: firstmile serve {out}")


@app.command()
def inspect(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A register: CSV, XLSX, XLS, ODS, GeoJSON, GeoPackage, shapefile or Parquet."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write the draft recipe here instead of to the screen.", metavar="RECIPE")
    ] = None,
) -> None:
    """Look at an unknown register and draft a recipe for it: format, which column is what, ranges, unknowns.

    The draft is a guess with its confidence beside each line. Correct it, then `firstmile build` it.

    Example: `firstmile inspect register.xlsx --out mine.toml`
    """
    from etl.inspect import inspect_file

    if out is not None and out.exists():
        stop(
            f"{out} is there already, and a corrected recipe is not overwritten. Choose another --out, or move it away."
        )
    if out is not None and not out.parent.is_dir():
        stop(f"There is no folder {out.parent} to write {out.name} in. Make it first.")
    found = inspect_file(file)
    findings(found)
    if out is None:
        say(found.recipe_toml)
    else:
        out.write_text(found.recipe_toml, "utf-8")
        say(f"Wrote {out}. Correct it, then: firstmile build {out} --data {file.parent} --out atlases/{out.stem}")


@app.command()
def build(  # noqa: PLR0917 - one parameter an option
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="The place's TOML file.")],
    data: Annotated[
        Path | None,
        typer.Option(help="Folder that relative paths start at; the recipe's own by default.", metavar="DIR"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the built data go; atlases/<name of the recipe> by default.", metavar="ATLAS"),
    ] = None,
    who: WhoOption = "",
    reason: Annotated[str, typer.Option(help="Why it is built, for the trail.", metavar="TEXT")] = "",
    offline: OfflineOption = False,
) -> None:
    """Build a place from its recipe: fetch what is missing, read, check, join, score, and swap the result in whole.

    A build that was stopped goes on from its last step; readers see the old data until the new stand; the trail records.

    Example: `firstmile build mine.toml --data registers --out atlases/mine`
    """
    from firstmile_trail import recorded_build

    target = out or Path("atlases") / recipe.stem
    target.parent.mkdir(parents=True, exist_ok=True)
    asks = client(os.environ, offline=offline)
    atlas = recorded_build(recipe, data or recipe.parent, target, store(), who=who, reason=reason, client=asks)
    say(f"Done: {target} ({size(atlas)}).")
    say(f"Next: firstmile check {target}, then firstmile serve {target}")


@app.command()
def check(
    atlas: AtlasArgument,
    csv: Annotated[Path | None, typer.Option(help="Write the report here too.", metavar="FILE")] = None,
) -> None:
    """Print the quality report, and end with 1 where a threshold of the recipe is passed.

    Example: `firstmile check atlases/mine --csv quality.csv`
    """
    from etl.report import check_atlas

    if csv is not None and not csv.parent.is_dir():
        stop(f"There is no folder {csv.parent} to write {csv.name} in. Make it first.")
    lines, kept = check_atlas(atlas, csv)
    say("\n".join(lines))
    if not kept:
        stop(
            "A threshold of the recipe's [check] is passed. Mend the data, or set the threshold otherwise with a reason.",
            FAILED,
        )


@app.command()
def serve(  # noqa: PLR0917 - one parameter an option
    atlases: Annotated[list[Path], typer.Argument(metavar="ATLAS...", help="Built data of one country or several.")],
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.", metavar="H")
    ] = HOST,
    port: Annotated[int, typer.Option(help="Port to listen on.", metavar="N", min=1, max=65535)] = PORT,
    tier: TierOption = "public",
    workers: Annotated[int, typer.Option(help="Server processes.", metavar="N", min=1, max=64)] = 2,
    agreement: Annotated[
        str, typer.Option(help="Under which agreement partners see a place of high risk.", metavar="TEXT")
    ] = "",
) -> None:
    """Serve the dashboard. Every visitor sees what the tier may see.

    Example: `firstmile serve atlases/mine --tier government`
    """
    from dashboard import server
    from firstmile_trail import agreed
    from geodata.disclosure import check_tier
    from geodata.layers import open_atlas

    check_tier(tier)
    server.refuse_taken(host, port)
    names = [open_atlas(path).name for path in atlases]
    agreed(atlases, tier, agreement, store())
    if tier != "public" and host not in LOOPBACK:
        warn(f"Take care: whoever reaches {host}:{port} sees all that the {tier} tier may see; there is no sign-in.")
    os.environ["FIRSTMILE_ATLASES"] = os.pathsep.join(str(path.absolute()) for path in atlases)
    os.environ.update(FIRSTMILE_TIER=tier, FIRSTMILE_AGREEMENT=agreement)
    shown = f"[{host}]" if ":" in host else host
    server.run(
        host,
        port,
        workers,
        f"First Mile shows {', '.join(names)} at http://{shown}:{port} (tier: {tier}). Stop it with Ctrl+C.",
    )


@app.command()
def export(  # noqa: PLR0917 - one parameter an option
    atlas: AtlasArgument,
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT", help="The file; its ending chooses the format: csv, xlsx, gpkg, geojson or parquet."
        ),
    ],
    view: Annotated[
        str,
        typer.Option(help="Query part of the dashboard's address: what one sees is what one exports.", metavar="QUERY"),
    ] = "",
    columns: Annotated[
        str, typer.Option(help="Only these columns, separated by commas; all that may leave by default.", metavar="A,B")
    ] = "",
    licence_profile: Annotated[
        str,
        typer.Option(
            help="open leaves out columns that may not be used commercially; noncommercial keeps them.", metavar="P"
        ),
    ] = "noncommercial",
    tier: TierOption = "public",
    official: OfficialOption = False,
    purpose: Annotated[str, typer.Option(help="What the file is for, for the trail.", metavar="TEXT")] = "",
    who: WhoOption = "",
) -> None:
    """Write the schools of a view, ranked and sorted as on the screen, to a file; the trail records it.

    Example: `firstmile export atlases/demo list.xlsx --view "has_internet=no,unknown&sort=priority_rank"`
    """
    from firstmile_trail import recorded_export, trail_of, view_of
    from geodata.disclosure import check_agreement
    from geodata.exports import format_of
    from geodata.layers import open_atlas
    from geodata.query import Desk

    format_of(out)
    desk = Desk(open_atlas(atlas), tier=tier)
    check_agreement(tier, desk.risk, desk.atlas.name, purpose)
    chosen = [name.strip() for name in columns.split(",") if name.strip()] or None
    trail = trail_of(store(), atlas, must=tier != "public")
    wanted = view_of(desk, view, trail)
    count = recorded_export(
        desk, wanted, out, trail, columns=chosen, licence_profile=licence_profile, purpose=purpose, who=who, official=official
    )  # fmt: skip
    wrote(count, len(desk.schools), out, synthetic=desk.atlas.synthetic, official=official)


@app.command()
def trail(  # noqa: PLR0917 - one parameter an option
    place: Annotated[str, typer.Option(help="Only this place, by the name of its built data.", metavar="ATLAS")] = "",
    kind: Annotated[
        str, typer.Option(help="Only build, export, weights, override, gate or sign_off.", metavar="KIND")
    ] = "",
    csv: Annotated[Path | None, typer.Option(help="Write all of these entries here.", metavar="FILE")] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Verify the whole chain; end with 1 where it is broken.")
    ] = False,
    head: Annotated[
        str, typer.Option(help="A number and hash noted earlier, which the chain must hold.", metavar="HEAD")
    ] = "",
    where: Annotated[
        str, typer.Option("--store", help="The trail: a file or a database's address.", metavar="WHERE")
    ] = "",
) -> None:
    """Who did what: builds, exports, saved weights, overrides, answered warnings and sign-offs, in a chain of hashes.

    Example: `firstmile trail --place demo --verify`
    """
    from firstmile_trail import show_trail

    found = where or store() or str(Path("atlases") / "trail.db")
    show_trail(found, place=place, kind=kind, csv=csv, verify=verify or bool(head), head=head)


def store() -> str:
    """Where the trail is, as the environment says; empty means `trail.db` beside the built data, "off" none."""
    return os.environ.get("FIRSTMILE_STORE", "")


app.add_typer(every(os.environ, store))


def main() -> None:
    """Run the command; a fault that a person can mend is one message without a traceback, and ends with 2."""
    from geodata.errors import FirstMileError

    try:
        app()
    except FirstMileError as error:
        typer.echo(str(error), err=True)
        sys.exit(BAD)
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
        sys.exit(130)
    except Exception as error:  # the last door: nobody should meet a traceback
        if os.environ.get("FIRSTMILE_DEBUG"):
            raise
        from firstmile_say import unforeseen

        typer.echo(unforeseen(error), err=True)
        sys.exit(BAD)


if __name__ == "__main__":
    main()
