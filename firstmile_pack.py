"""The command that packs a country into a folder that opens by double click."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from firstmile_say import TierOption, WhoOption, say, steps, stop, warn

AtlasArgument = Annotated[
    Path, typer.Argument(metavar="ATLAS", help="Built data of one country, such as atlases/demo.")
]


def commands(app: typer.Typer, store: Callable[[], str]) -> typer.Typer:
    """Add the command of packs to others; `store` says where the trail is."""

    @app.command()
    def pack(  # noqa: PLR0917 - one parameter an option
        atlas: AtlasArgument,
        out: Annotated[
            Path,
            typer.Option(help="The folder to write; one that this command wrote before is replaced.", metavar="DIR"),
        ],
        tier: TierOption = "public",
        licence_profile: Annotated[
            str,
            typer.Option(
                help="open leaves out what may not be used commercially; noncommercial keeps it.", metavar="P"
            ),
        ] = "noncommercial",
        purpose: Annotated[str, typer.Option(help="What the folder is for, for the trail.", metavar="TEXT")] = "",
        who: WhoOption = "",
    ) -> None:
        """Pack a country into a folder that opens by double click: map, filters, list, school sheets, CSV.

        No server and no internet are needed, on any laptop, Windows too: copy the folder to a stick and open its
        index.html. It shows what the tier may see; the trail records that it was made.

        Example: `firstmile pack atlases/demo --out stick`
        """
        _pack(atlas, out, tier, licence_profile, purpose, who, store())

    return app


def _pack(atlas: Path, out: Path, tier: str, profile: str, purpose: str, who: str, store: str) -> None:  # noqa: PLR0917
    from dashboard.packing.content import contents
    from firstmile_trail import trail_of
    from geodata.disclosure import check_agreement, check_profile
    from geodata.errors import StoreError
    from geodata.exports.pack import SUMS, write_pack
    from geodata.layers import open_atlas
    from geodata.query import Desk
    from geodata.store import acts
    from geodata.view import View

    desk = Desk(open_atlas(atlas), tier=tier)
    check_profile(profile)
    check_agreement(tier, desk.risk, desk.atlas.name, purpose)
    if out.absolute() == atlas.absolute():
        stop(f"{out} holds the built data themselves. Choose another --out.")
    trail = trail_of(store, atlas, must=tier != "public")

    def keep(_: Path, sha256: str) -> None:
        if trail is None:
            return
        try:
            acts.record_export(
                trail, desk.atlas, view=View(), columns=None, tier=desk.tier, licence_profile=profile, purpose=purpose,
                rows=len(desk.schools) if desk.one_by_one else 0, sha256=sha256, file=f"{out.name}/{SUMS}", who=who,
            )  # fmt: skip
        except StoreError as error:
            if desk.tier != "public":
                raise
            warn(f"Not recorded: {error}")
        finally:
            trail.close()

    with steps() as progress:
        packed = write_pack(out, contents(desk, profile, progress), keep)
    note = " Synthetic demonstration data." if desk.atlas.synthetic else ""
    mark = "" if tier == "public" else f" For the {tier} tier alone: do not pass it on."
    say(f"Packed {desk.atlas.name} into {out}: {packed.files} files, {packed.size / 1e6:,.1f} MB.{note}{mark}")
    say(f"SHA-256 of {SUMS}: {packed.sha256}")
    say(f"Open {out / 'index.html'} by double click.")
