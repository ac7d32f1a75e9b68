"""The one console command. Heavy parts load inside the commands that need them, so that `--help` answers at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from etl.inspect import Inspection
    from geodata.layers import Atlas

FAILED, BAD = 1, 2
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

Your own register: `firstmile inspect register.xlsx --out mine.toml`, correct the draft,
`firstmile build mine.toml --out atlases/mine`, `firstmile check atlases/mine`, `firstmile serve atlases/mine`.
""",
    epilog="Exit codes: 0 done, 1 a check or threshold failed, 2 bad input or usage.",
)
AtlasArgument = Annotated[
    Path, typer.Argument(metavar="ATLAS", help="Built data of one country, such as atlases/demo.")
]
TierOption = Annotated[str, typer.Option(help="Who is to see it: public, partner or government.", metavar="TIER")]


def say(text: str = "") -> None:
    """A line to the person, on standard output."""
    typer.echo(text)


def stop(text: str, code: int = BAD) -> NoReturn:
    """End with a message on standard error."""
    typer.echo(text, err=True)
    raise typer.Exit(code)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where the built data go.", metavar="ATLAS")] = Path("atlases/demo"),
) -> None:
    """Make the synthetic demonstration country: raw files with the faults of real ones, then the ordinary build.

    The raw files stay beside it, in a folder whose name ends in `.raw`, to be looked at.

    Example: `firstmile demo`, then `firstmile serve atlases/demo --tier government`
    """
    from etl.demo import write_demo

    raw = out.parent / f"{out.name}.raw"
    raw.mkdir(parents=True, exist_ok=True)
    say("Writing the raw files of a fictional country. All its data are synthetic.")
    write_demo(raw)
    atlas = _build(Path(__file__).resolve().parent / "etl" / "recipes" / "demo.toml", raw, out)
    say(f"Done: {out} ({_size(atlas)}). Synthetic demonstration data; raw files in {raw}.")
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
    _show_findings(found)
    if out is None:
        say(found.recipe_toml)
    else:
        out.write_text(found.recipe_toml, "utf-8")
        say(f"Wrote {out}. Correct it, then: firstmile build {out} --data {file.parent} --out atlases/{out.stem}")


@app.command()
def build(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="The place's TOML file.")],
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder that relative paths in the recipe are read from; the recipe's own by default.", metavar="DIR"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the built data go; atlases/<name of the recipe> by default.", metavar="ATLAS"),
    ] = None,
) -> None:
    """Build a place from its recipe: read, check, join, score, and swap the result in whole.

    A build that was stopped goes on from its last finished step; readers see the old data until the new stand.

    Example: `firstmile build mine.toml --data registers --out atlases/mine`
    """
    target = out or Path("atlases") / recipe.stem
    target.parent.mkdir(parents=True, exist_ok=True)
    atlas = _build(recipe, data or recipe.parent, target)
    say(f"Done: {target} ({_size(atlas)}).")
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
def serve(
    atlases: Annotated[list[Path], typer.Argument(metavar="ATLAS...", help="Built data of one country or several.")],
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.", metavar="H")
    ] = HOST,
    port: Annotated[int, typer.Option(help="Port to listen on.", metavar="N", min=1, max=65535)] = PORT,
    tier: TierOption = "public",
    workers: Annotated[int, typer.Option(help="Server processes.", metavar="N", min=1, max=64)] = 2,
) -> None:
    """Serve the dashboard. Every visitor sees what the tier may see.

    Example: `firstmile serve atlases/mine --tier government`
    """
    from dashboard import server
    from geodata.disclosure import check_tier
    from geodata.layers import open_atlas

    check_tier(tier)
    server.refuse_taken(host, port)
    names = [open_atlas(path).name for path in atlases]
    if tier != "public" and host not in LOOPBACK:
        typer.echo(
            f"Take care: whoever reaches {host}:{port} sees everything that the {tier} tier may see; there is no sign-in.",
            err=True,
        )
    os.environ["FIRSTMILE_ATLASES"] = os.pathsep.join(str(path.absolute()) for path in atlases)
    os.environ["FIRSTMILE_TIER"] = tier
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
) -> None:
    """Write the schools of a view, ranked and sorted as on the screen, to a file.

    Example: `firstmile export atlases/demo list.xlsx --view "has_internet=no,unknown&sort=priority_rank"`
    """
    from geodata.exports import format_of, write_export
    from geodata.layers import open_atlas
    from geodata.query import Desk
    from geodata.view import View

    format_of(out)
    desk = Desk(open_atlas(atlas), tier=tier)
    wanted = View.parse(view.split("?", 1)[-1])
    chosen = [name.strip() for name in columns.split(",") if name.strip()] or None
    count = write_export(desk, wanted, out, columns=chosen, licence_profile=licence_profile)
    synthetic = " Synthetic demonstration data." if desk.atlas.synthetic else ""
    say(f"Wrote {count:,} of {len(desk.schools):,} schools to {out}.{synthetic}")


def _build(recipe: Path, data: Path, out: Path) -> Atlas:
    from etl.build import build as build_atlas

    with _steps() as progress:
        return build_atlas(recipe, data=data, out=out, progress=progress)


def _show_findings(found: Inspection) -> None:
    """What each raw column seems to be, on standard error, so that the draft alone can be piped into a file."""
    typer.echo(f"{found.rows:,} rows; seems to be: {found.kind}", err=True)
    for c in found.report:
        guess = f"{c.field} ({c.confidence:.0%} sure, {c.why})" if c.field else c.personal or c.why
        ends = f"; from {c.least:.10g} to {c.most:.10g}" if c.least is not None and c.most is not None else ""
        typer.echo(f"  {c.column}: {guess}; {c.unknown:,} not reported{ends}", err=True)
    for note in found.notes:
        typer.echo(f"  {note}", err=True)


class _steps:  # noqa: N801 - used like a function
    """A line for each finished step, with a spinner for the one that runs (only where a person watches)."""

    def __enter__(self) -> Callable[[str], None]:
        from rich.console import Console

        self.console = Console(stderr=True, highlight=False)
        self.status = self.console.status("Working …")
        self.status.start()
        return self.line

    def line(self, text: str) -> None:
        """Say what a step did."""
        self.console.print(f"  {text}", markup=False, soft_wrap=True)

    def __exit__(self, *_: object) -> None:
        self.status.stop()


def _size(atlas: Atlas) -> str:
    accepted = sum(s["rows_accepted"] for s in atlas.manifest["sources"] if s.get("kind") == "schools")
    return f"{atlas.name}, {accepted:,} schools, build {atlas.version[:8]}"


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
        typer.echo(
            f"Something went wrong that was not foreseen ({type(error).__name__}: {error}). Run it again with FIRSTMILE_DEBUG=1 to see where, and please report it.",
            err=True,
        )
        sys.exit(BAD)


if __name__ == "__main__":
    main()
