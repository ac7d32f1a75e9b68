"""The command of the funder's report: one HTML file, and whether the numbers in one are right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstmile_say import FAILED, TierOption, WhoOption, say, steps, stop, unheard, warn

if TYPE_CHECKING:
    from geodata.plan.result import Plan
    from geodata.query import Desk
    from geodata.view import View


def commands(app: typer.Typer, store: Callable[[], str]) -> typer.Typer:
    """Add the command of reports to others; `store` says where the trail is."""

    @app.command()
    def report(  # noqa: PLR0917 - one parameter an option
        files: Annotated[
            list[Path],
            typer.Argument(
                metavar="ATLAS OUT.html", help="Built data and the file to write; with --verify the data alone."
            ),
        ],
        view: Annotated[
            str, typer.Option(help="Query part of the dashboard's address: which schools, ranked how.", metavar="QUERY")
        ] = "",
        budget: Annotated[
            str, typer.Option(help="Plan with this budget, or one a year: 500000,300000.", metavar="N[,N…]")
        ] = "",
        scenario: Annotated[
            Path | None, typer.Option(help="Plan by this scenario file instead.", metavar="FILE")
        ] = None,
        draws: Annotated[
            int,
            typer.Option(
                help="Make the plan anew so often to see how sure each school is.", metavar="N", min=0, max=500
            ),
        ] = 0,
        verify: Annotated[
            Path | None, typer.Option(help="Work this report out again and compare every number.", metavar="REPORT")
        ] = None,
        lang: Annotated[str, typer.Option(help="Language: en, fr, es, pt or ar.", metavar="LL")] = "en",
        licence_profile: Annotated[
            str, typer.Option(help="open refuses what rests on data for non-commercial use.", metavar="P")
        ] = "noncommercial",
        tier: TierOption = "public",
        purpose: Annotated[str, typer.Option(help="What the report is for, for the trail.", metavar="TEXT")] = "",
        who: WhoOption = "",
    ) -> None:
        """Write a report to a funder: the list with its reasons, what it costs, how sure it is, what it rests on.

        One HTML file that opens offline. The hash printed on it stands for everything that was asked: with --verify the
        numbers are worked out again from the data, and it ends with 1 where one differs.

        Example: `firstmile report atlases/demo report.html --view "has_internet=no" --budget 500000`
        """
        if verify is not None:
            _verify(verify, files, purpose)
            return
        if len(files) != 2 or files[1].suffix.lower() not in (".html", ".htm"):
            stop("Name the built data and the file to write: firstmile report atlases/demo report.html")
        _write(
            files[0], files[1], view, (budget, scenario, draws), (lang, licence_profile, tier, purpose, who), store()
        )

    return app


def _write(atlas: Path, out: Path, query: str, plan: tuple[str, Path | None, int], about: tuple[str, str, str, str, str], store: str) -> None:  # fmt: skip  # noqa: PLR0917
    from firstmile_trail import trail_of, view_of
    from geodata.disclosure import check_agreement
    from geodata.exports.disk import whole
    from geodata.exports.report import report_of
    from geodata.exports.report_page import page
    from geodata.layers import open_atlas
    from geodata.query import Desk
    from geodata.say import LANGUAGES, speaking

    lang, profile, tier, purpose, who = about
    if lang not in LANGUAGES:
        stop(f"--lang is {lang!r}; it must be one of {', '.join(LANGUAGES)}.")
    if not out.absolute().parent.is_dir():
        stop(f"There is no folder {out.parent} to write {out.name} in. Make it first.")
    desk = Desk(open_atlas(atlas), tier=tier)
    check_agreement(tier, desk.risk, desk.atlas.name, purpose)
    trail = trail_of(store, atlas, must=tier != "public")
    view = view_of(desk, query, trail)
    with speaking(lang):
        made = _plan(desk, *plan)
        found = report_of(desk, view, made, profile=profile, draws=plan[2] if made is not None else 0)
        content = page(found)
    with whole(out) as part:
        part.write_bytes(content)
        _record(trail, desk, view, part, out, (profile, purpose, who))
    note = " Synthetic demonstration data." if desk.atlas.synthetic else ""
    say(f"Wrote {out} ({len(content) / 1000:,.0f} kB).{note}")
    say(f"Hash: {found.sha256}")
    say(f"Verify it with: firstmile report --verify {out} {atlas}")


def _plan(desk: Desk, budget: str, scenario: Path | None, draws: int) -> Plan | None:
    """The plan that is asked for, if one is."""
    from firstmile_plan import terms_asked
    from geodata.exports.report_check import planned

    if not budget and scenario is None:
        if draws:
            stop("--draws asks how sure a plan is: say --budget N, or name a --scenario FILE.")
        return None
    terms, book = terms_asked(desk, budget, None, scenario, "", [], {"case": "", "area": "", "no_training": ""})
    with steps(), unheard():
        return planned(desk, terms, book, draws)


def _record(trail: object, desk: Desk, view: View, part: Path, out: Path, about: tuple[str, str, str]) -> None:  # noqa: PLR0917
    from geodata.errors import StoreError
    from geodata.store import Store, acts

    if not isinstance(trail, Store):
        return
    profile, purpose, who = about
    try:
        acts.record_export(
            trail, desk.atlas, view=view, columns=None, tier=desk.tier, licence_profile=profile, purpose=purpose,
            rows=desk.select(view).total, sha256=acts.file_hash(part), file=out.name, who=who,
        )  # fmt: skip
    except StoreError as error:
        if desk.tier != "public":
            raise
        warn(f"Not recorded: {error}")
    finally:
        trail.close()


def _verify(file: Path, files: list[Path], purpose: str) -> None:
    from geodata.disclosure import check_agreement
    from geodata.exports.report_check import verify
    from geodata.layers import open_atlas

    if len(files) != 1:
        stop("Name the built data that the report was made from: firstmile report --verify report.html atlases/demo")
    if not file.is_file():
        stop(f"There is no report {file}.")
    with steps(), unheard():
        found = verify(
            file.read_bytes(),
            open_atlas(files[0]),
            lambda d: _allowed(check_agreement(d.tier, d.risk, d.atlas.name, purpose)),
        )
    for line in (*found.notes, *found.differences):
        warn(line)
    if found.differences:
        stop(f"{file} is not what these data give.", FAILED)
    say(f"Every number of {file} was worked out again and is the same.")


def _allowed(_: bool) -> None:
    """Refused above where it is not."""
