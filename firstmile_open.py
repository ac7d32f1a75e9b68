"""Commands that ask services on the web: a country from open sources alone, and the same brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstmile_say import FAILED, WhoOption, columns, say, size, stop, warn

if TYPE_CHECKING:
    from etl.country import Country
    from etl.fetching.client import Client
    from geodata.layers import Atlas

OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Never touch the network: what was fetched before, or put there by hand.")
]


def client(environ: Mapping[str, str], *, offline: bool = False, refresh: bool = False) -> Client:
    """Who asks services, with the addresses and keys of this environment; what it says goes to standard error."""
    from etl.fetching.opening import client_of

    return client_of(environ, offline=offline, refresh=refresh, tell=warn)


def commands(environ: Mapping[str, str], store: Callable[[], str]) -> typer.Typer:
    """The commands, for the environment that keys and addresses are read from; `store` says where the trail is."""
    app = typer.Typer(rich_markup_mode="markdown")

    @app.command()
    def country(  # noqa: PLR0917 - one parameter an option
        iso3: Annotated[str, typer.Argument(metavar="ISO3", help="The country's three letters, such as KEN.")],
        out: Annotated[
            Path | None, typer.Option(help="Where the built data go; for KEN, atlases/ken by default.", metavar="ATLAS")
        ] = None,
        data: Annotated[
            Path | None,
            typer.Option(
                help="Where the files and the recipe go; by default a folder beside the built data whose name ends in .raw.",
                metavar="DIR",
            ),
        ] = None,
        offline: OfflineOption = False,
        anew: Annotated[
            bool, typer.Option("--anew", help="Choose anew, into a numbered recipe beside the one that is there.")
        ] = False,
        only: Annotated[
            str, typer.Option(help="Look for these alone, such as boundaries,schools.", metavar="A,B")
        ] = "",
        name: Annotated[str, typer.Option(help="Name of the place; its English one by default.", metavar="NAME")] = "",
        who: WhoOption = "",
    ) -> None:
        """Build a country from open sources alone: schools, boundaries, speeds, mobile sites, people, wealth and more.

        Each service is asked in turn, and the choice is written down as a recipe to be edited. What cannot be had is
        said. A run that was stopped goes on with what is there; a recipe that is there is used as it stands.

        Example: `firstmile country KEN --out atlases/kenya`
        """
        from etl.codes import country_code
        from firstmile_trail import recorded_build

        code = country_code(iso3)
        target = out or Path("atlases") / code.lower()
        folder = data or target.parent / f"{target.name}.raw"
        asks = client(environ, offline=offline, refresh=anew)
        made = _written(code, folder, asks, anew=anew, only=_wanted(only), name=name)
        target.parent.mkdir(parents=True, exist_ok=True)
        atlas = recorded_build(
            made.recipe, made.data, target, store(), who=who, reason=f"firstmile country {code}", client=asks
        )
        say(f"Done: {target} ({size(atlas)}). Its recipe: {made.recipe}")
        _gaps(made)
        say(f"Next: firstmile check {target}, then firstmile serve {target}")
        say("To add a register of your own, put it into the recipe as another [[source]]: docs/recipes.md")

    @app.command()
    def services(
        name: Annotated[str, typer.Argument(metavar="[SERVICE]", help="All about this one.")] = "",
    ) -> None:
        """List the services on the web that First Mile can ask: what each gives, its licence, its key, its address.

        Keys are said to be set or not, and never shown. docs/sources.md says where to set them.

        Example: `firstmile services opencellid`
        """
        from etl.fetching import listing

        asks = client(environ)
        if name:
            say("\n".join(listing.details(name, asks)))
            return
        columns(listing.HEAD, listing.rows(asks))
        say("\n".join(listing.remarks(asks)))
        say("All about one, and what file may be put there by hand: firstmile services NAME")

    @app.command()
    def refresh(  # noqa: PLR0917 - one parameter an option
        atlas: Annotated[Path, typer.Argument(metavar="ATLAS", help="Built data of one country.")],
        offline: OfflineOption = False,
        data: Annotated[
            Path | None, typer.Option(help="The data folder, where it is another than at the build.", metavar="DIR")
        ] = None,
        recipe: Annotated[
            Path | None, typer.Option(help="The recipe, where it is another than at the build.", metavar="RECIPE")
        ] = None,
        check: Annotated[
            bool, typer.Option("--check", help="Only say what has changed; end with 1 where anything has.")
        ] = False,
        accept: Annotated[
            bool, typer.Option("--accept", help="Take an answer although it has far fewer rows than before.")
        ] = False,
        who: WhoOption = "",
    ) -> None:
        """Ask every source again, build anew what depends on what changed, and say what changed.

        Ends with 1 where a source could not be asked or gave something that cannot be right: its old file stays in use.
        Whatever stops it leaves the built data and the files as they were.

        Example: `firstmile refresh atlases/kenya`
        """
        from etl.origin import origin_of
        from etl.refresh import refresh as bring_up_to_date
        from firstmile_trail import bring_corrections, recorded_build
        from geodata.layers import read_changes

        asks = client(environ, offline=offline, refresh=True)
        bring_corrections(atlas, store())

        def build(recipe: Path, folder: Path, home: Path) -> Atlas:
            return recorded_build(
                recipe, folder, atlas, store(), who=who, reason="firstmile refresh", client=asks, home=home
            )

        found = bring_up_to_date(
            atlas, origin_of(atlas, recipe, data), asks, build, tell=say, check=check, accept=accept
        )
        if found.atlas is not None:
            said = read_changes(found.atlas, "government")
            say(f"Done: {atlas} ({size(found.atlas)}). {' '.join(said[1]['sentences']) if said else ''}".rstrip())
        if found.kept:
            stop(f"Not brought up to date: {', '.join(found.kept)}. The old data of these stay in use.", FAILED)
        if check and found.changed:
            stop(f"Changed: {', '.join(found.changed)}. To build: firstmile refresh {atlas}", FAILED)

    @app.command()
    def suggest(
        service: Annotated[str, typer.Argument(metavar="SERVICE", help="dhis2 or openemis.")],
        out: Annotated[Path, typer.Option(help="Where the mapping file goes.", metavar="CSV")] = Path("mapping.csv"),
        base: Annotated[
            str, typer.Option(help="Address of the service, where the settings do not name it.", metavar="URL")
        ] = "",
        offline: OfflineOption = False,
    ) -> None:
        """Suggest which answers of a ministry's own system feed which fields: a mapping file for a person to confirm.

        The names of the system's questions are held against words in four languages. Nothing is used before somebody
        writes yes under `confirmed`.

        Example: `firstmile suggest dhis2 --base https://emis.example.org/dhis --out mapping.csv`
        """
        from firstmile_ministry import write_suggestions

        write_suggestions(service, client(environ, offline=offline), base=base, out=out)

    @app.command()
    def links(
        atlas: Annotated[Path, typer.Argument(metavar="ATLAS", help="Built data of one country.")],
        csv: Annotated[
            Path | None,
            typer.Option(help="Write the list of pairs here, to decide on; decisions in it are kept.", metavar="FILE"),
        ] = None,
    ) -> None:
        """Say how schools of other sources were linked with the register, and write the list for a person to decide on.

        Under `decision` she writes accept, reject or undecided, saves the list in the data folder and names it in the
        recipe (`[source.link] review = "links.csv"`): every later build respects it.

        Example: `firstmile links atlases/kenya --csv data/links.csv`
        """
        _links(atlas, csv)

    return app


def _wanted(only: str) -> list[str]:
    """What `--only` names; ends with 2 for what is none of it."""
    from etl.choosing import SLOTS
    from etl.recipe.whole import nearest

    known = [slot.gives for slot in SLOTS]
    wanted = [word.strip() for word in only.split(",") if word.strip()]
    for word in wanted:
        if word not in known:
            stop(f"--only: there is no {word!r}{nearest(word, known)}.")
    return wanted


def _written(code: str, folder: Path, asks: Client, *, anew: bool, only: list[str], name: str) -> Country:
    """The recipe, chosen now or there already."""
    from etl.choosing import Asking
    from etl.codes import iso2_of, name_of
    from etl.connect import Ask
    from etl.country import write_country

    ask = Ask(iso3=code, iso2=iso2_of(code), name=name or name_of(code), data=folder, today=asks.now().date())
    try:
        made = write_country(Asking(ask, asks, warn, anew), only=only)
    except KeyboardInterrupt:
        warn(f"Stopped. What was fetched stays in {folder}; the same command goes on from there.")
        raise
    if made.written:
        say(f"Wrote {made.recipe}: which source was taken for what, and why. It is yours to edit.")
    else:
        say(f"{made.recipe} is there already and is used as it stands. To choose anew: --anew")
    return made


def _gaps(made: Country) -> None:
    """What could not be had, a line each, and what to do where it is a key."""
    from etl.reasons import NO_KEY

    if made.missing:
        say("What could not be had:")
    for what, reason in made.missing:
        say(f"  {what}: {reason}")
    if any(NO_KEY in reason for _, reason in made.missing):
        say("A key, once set (docs/sources.md, or firstmile services NAME), is used by the same command with --anew.")


def _links(atlas: Path, csv: Path | None) -> None:
    from etl.linking.told import lines, write_review

    if csv is not None and not csv.parent.is_dir():
        stop(f"There is no folder {csv.parent} to write {csv.name} in. Make it first.")
    say("\n".join(lines(atlas)))
    if csv is not None:
        waiting, every = write_review(atlas, csv)
        say(f"Wrote {csv}: {every:,} pairs, {waiting:,} of them to decide.")
