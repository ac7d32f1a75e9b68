"""The command of briefs: one file, or a folder with one for every area or group."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from firstmile_briefed import Asked, write_one
from firstmile_briefs import write_every
from firstmile_say import TierOption, WhoOption, stop


def commands(app: typer.Typer, store: Callable[[], str]) -> typer.Typer:
    """Add the command of briefs to others; `store` says where the trail is."""

    @app.command()
    def brief(  # noqa: PLR0917 - one parameter an option
        atlas: Annotated[Path, typer.Argument(metavar="ATLAS", help="Built data of one country, such as atlases/demo.")],
        out: Annotated[
            Path | None, typer.Argument(metavar="[OUT]", help="The file: .pdf, .html, .pptx or .docx. None with --all-areas.")
        ] = None,
        area: Annotated[str, typer.Option(help="Of this area, by its id, instead of the country.", metavar="ID")] = "",
        all_areas: Annotated[
            Path | None, typer.Option(help="One of every area, into this folder; what is there already is kept.", metavar="DIR")
        ] = None,
        level: Annotated[int, typer.Option(help="Level of the areas for --all-areas.", metavar="N", min=1, max=4)] = 1,
        grouping: Annotated[
            Path | None,
            typer.Option(help="One of every group into the folder of --all-areas: a CSV by school_id, or outlines (.geojson, .gpkg).", metavar="FILE"),
        ] = None,
        name_column: Annotated[str, typer.Option(help="The column of --grouping that names the group.", metavar="NAME")] = "name",
        kind: Annotated[str, typer.Option("--format", help="Format of the files of --all-areas: pdf, html, pptx or docx.", metavar="F")] = "pdf",
        lang: Annotated[str, typer.Option(help="Language: en, fr, es, pt or ar.", metavar="LL")] = "en",
        tier: TierOption = "public",
        budget: Annotated[str, typer.Option(help="With a plan of this budget, or one a year: 500000,300000.", metavar="N[,N…]")] = "",
        scenario: Annotated[Path | None, typer.Option(help="With the plan of this scenario file.", metavar="FILE")] = None,
        official: Annotated[
            str, typer.Option(help="The official figure: 62%, or a CSV with the columns share, source, date, area.", metavar="SHARE|FILE")
        ] = "",
        official_source: Annotated[str, typer.Option(help="Where the official figure stands, with its year.", metavar="TEXT")] = "",
        decisions: Annotated[Path | None, typer.Option(help="A CSV with the columns decision, owner, date.", metavar="FILE")] = None,
        crest: Annotated[Path | None, typer.Option(help="A picture for the head (.png, .jpg).", metavar="FILE")] = None,
        letterhead: Annotated[str, typer.Option(help="A line for the head, such as the ministry's name.", metavar="TEXT")] = "",
        annex: Annotated[bool, typer.Option("--annex", help="With the tables of the annex after the two pages.")] = False,
        approved_by: Annotated[
            str, typer.Option(help="Record that this person approves exactly this brief; without, it is a draft.", metavar="NAME")
        ] = "",
        reason: Annotated[str, typer.Option(help="Why it is approved, such as the meeting that decided it.", metavar="TEXT")] = "",
        purpose: Annotated[str, typer.Option(help="What the files are for, for the trail.", metavar="TEXT")] = "",
        who: WhoOption = "",
    ) -> None:  # fmt: skip
        """Write a brief: two pages that say who is without, what a budget buys, what is not known and what to decide.

        It is a draft until a named person approves it. With --all-areas a folder of briefs and an index with their
        hashes; a run that was stopped goes on where it stopped.

        Example: `firstmile brief atlases/demo brief.pdf --budget 2000000`
        """
        asked = Asked(
            atlas=atlas, area=area, level=level, grouping=grouping, name_column=name_column, lang=lang, tier=tier,
            budget=budget, scenario=scenario, official=official, official_source=official_source, decisions=decisions,
            crest=crest, letterhead=letterhead, annex=annex, approved_by=approved_by, reason=reason, purpose=purpose,
            who=who, store=store(),
        )  # fmt: skip
        if (out is None) == (all_areas is None):
            stop(
                "Name the file to write, or --all-areas DIR for one of every area: firstmile brief atlases/demo brief.pdf"
            )
        if grouping is not None and all_areas is None:
            stop("--grouping writes one brief a group: name the folder with --all-areas DIR.")
        if out is not None:
            write_one(asked, out)
        elif all_areas is not None:
            write_every(asked, all_areas, kind)

    return app
