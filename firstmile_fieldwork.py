"""Commands of Monday morning: forms for schools, what comes back of them, and the corrections that come of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstmile_say import FAILED, TierOption, WhoOption, say, stop, warn

if TYPE_CHECKING:
    from geodata.fieldwork.comparing import Compared
    from geodata.query import Desk
    from geodata.store import Store
    from geodata.store.corrections import Correction

AtlasArgument = Annotated[
    Path, typer.Argument(metavar="ATLAS", help="Built data of one country, such as atlases/demo.")
]
ReasonOption = Annotated[str, typer.Option(help="Why: how this is known, or why it is decided so.", metavar="TEXT")]
SHOWN = 12


def commands(app: typer.Typer, store: Callable[[], str]) -> typer.Typer:
    """Add the commands of fieldwork to others; `store` says where the trail is."""

    @app.command()
    def forms(  # noqa: PLR0917 - one parameter an option
        atlas: AtlasArgument,
        out: Annotated[Path, typer.Option(help="The new folder that the forms go to.", metavar="DIR")],
        area: Annotated[str, typer.Option(help="Only this area, by its id.", metavar="AREA")] = "",
        level: Annotated[
            int | None,
            typer.Option(help="A form for each area of this level; 0 is one for all.", metavar="N", min=0, max=4),
        ] = None,
        which: Annotated[
            str,
            typer.Option(
                help="Schools to ask: verify (the verify first list), doubtful (those, doubts, no location), unknown (whatever is unknown).",
                metavar="WHICH",
            ),
        ] = "doubtful",
        paper: Annotated[
            str, typer.Option(help="On paper: pages (a school a page), list, or none.", metavar="HOW")
        ] = "pages",
        language: Annotated[str, typer.Option(help="en, fr, es, pt or ar.", metavar="LANG")] = "en",
        tier: TierOption = "government",
        purpose: Annotated[str, typer.Option(help="What the forms are for, for the trail.", metavar="TEXT")] = "",
        who: WhoOption = "",
    ) -> None:
        """Write forms for the schools whose data are unknown or in doubt: a workbook and an A4 form an area, and an XLSForm.

        What is known stands on them with source and date; only what is unknown or in doubt is asked.

        Example: `firstmile forms atlases/demo --out forms --language fr`
        """
        from geodata.say import LANGUAGES, speaking

        if language not in LANGUAGES:
            stop(f"--language is {language!r}; it must be one of {', '.join(LANGUAGES)}.")
        with speaking(language):
            _forms(
                _desk(atlas, tier, purpose),
                out,
                {"area": area, "level": level, "which": which, "paper": paper},
                store(),
                (purpose, who),
            )

    @app.command()
    def answers(  # noqa: PLR0917 - one parameter an option
        atlas: AtlasArgument,
        files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Returned forms: XLSX, or a telephone form's CSV or XLSX.")],
        csv: Annotated[Path | None, typer.Option(help="Write everything that was found here.", metavar="FILE")] = None,
        propose: Annotated[
            bool, typer.Option("--propose", help="Record the answers as proposed corrections; without it nothing is recorded.")
        ] = False,
        tier: TierOption = "government",
        who: WhoOption = "",
        reason: ReasonOption = "",
    ) -> None:  # fmt: skip
        """Read returned forms by the schools' ids and say what they would change; conflicts and unreadable cells are listed.

        Ends with 1 where a cell could not be read or a person has to settle a conflict; the rest is taken all the same.

        Example: `firstmile answers atlases/demo back/*.xlsx --csv found.csv`
        """
        _answers(_desk(atlas, tier, ""), files, csv, (propose, who, reason), store())

    @app.command()
    def corrections(  # noqa: PLR0917 - one parameter an option
        atlas: AtlasArgument,
        state: Annotated[str, typer.Option(help="Only proposed, accepted, rejected or replaced ones.", metavar="STATE")] = "",
        accept: Annotated[str, typer.Option(help="Accept these, by number with commas between, or all that are proposed.", metavar="N[,N…]|all")] = "",
        reject: Annotated[str, typer.Option(help="Reject these.", metavar="N[,N…]|all")] = "",
        export: Annotated[Path | None, typer.Option(help="Write the accepted ones here, for [corrections] in a recipe.", metavar="FILE")] = None,
        tier: TierOption = "government",
        who: WhoOption = "",
        reason: ReasonOption = "",
    ) -> None:  # fmt: skip
        """List corrections, accept or reject them, or write the accepted ones to a file. The next build applies what is accepted.

        Example: `firstmile corrections atlases/demo --state proposed`
        """
        from firstmile_trail import OFF, trail_of

        if store() == OFF:
            stop("Corrections are kept in the trail, and it is switched off (FIRSTMILE_STORE=off).")
        trail = trail_of(store(), atlas, must=True)
        if trail is not None:
            desk = _desk(atlas, tier, "")
            if accept or reject:
                _decide(trail, desk, accept, reject, who, reason)
            _list(trail, desk, state, export)
            trail.close()

    return app


def _desk(atlas: Path, tier: str, purpose: str) -> Desk:
    from geodata.disclosure import check_agreement
    from geodata.layers import open_atlas
    from geodata.query import Desk

    desk = Desk(open_atlas(atlas), tier=tier)
    check_agreement(tier, desk.risk, desk.atlas.name, purpose)
    return desk


def _forms(desk: Desk, out: Path, asked: dict[str, object], where: str, kept: tuple[str, str]) -> None:
    import hashlib

    from firstmile_trail import trail_of
    from geodata.exports.fieldset import PAPERS, files_of, write_set
    from geodata.exports.rejectedform import FILE, rejected_bytes
    from geodata.fieldwork.asking import WHICH, sheets
    from geodata.fieldwork.rejectedrows import rejected_rows
    from geodata.store import acts
    from geodata.view import View

    if asked["which"] not in WHICH:
        stop(f"--which is {asked['which']!r}; it must be one of {', '.join(WHICH)}.")
    if asked["paper"] not in PAPERS:
        stop(f"--paper is {asked['paper']!r}; it must be one of {', '.join(PAPERS)}.")
    trail = trail_of(where, desk.atlas.link, must=desk.tier != "public")
    view = View(area=str(asked["area"]))
    found = sheets(desk, view, level=asked["level"], which=asked["which"])  # type: ignore[arg-type]
    if not found:
        stop("No school has anything to ask. --which unknown asks for whatever is not reported.", 0)
    rejected = rejected_rows(desk) if desk.tier == "government" and not view.area else []
    more = [(FILE, rejected_bytes(rejected, desk.atlas.name, synthetic=desk.atlas.synthetic))] if rejected else []
    written = write_set([*files_of(found, on_paper=asked["paper"]), *more], out)  # type: ignore[arg-type]
    schools = sum(len(s.schools) for s in found)
    if trail is not None:
        hashes = "\n".join(f"{p.name} {acts.file_hash(p)}" for p in sorted(written))
        acts.record_export(
            trail, desk.atlas, view=view, columns=[q.name for q in found[0].questions], tier=desk.tier, licence_profile="noncommercial",
            purpose=kept[0] or "forms for schools", rows=schools, sha256=hashlib.sha256(hashes.encode()).hexdigest(), file=f"{len(written)} forms", who=kept[1],
        )  # fmt: skip
        trail.close()
    total = sum(p.stat().st_size for p in written)
    said = f"Wrote {len(written):,} files for {schools:,} schools in {len(found):,} {'area' if len(found) == 1 else 'areas'} to {out} ({total / 1e6:,.1f} MB)."
    said += f" {len(rejected):,} rejected rows to look at in {FILE}." if rejected else ""
    say(said + (" Synthetic demonstration data." if desk.atlas.synthetic else ""))
    say(f"When they come back: firstmile answers {desk.atlas.link} FILE...")


def _answers(desk: Desk, files: list[Path], csv: Path | None, asked: tuple[bool, str, str], where: str) -> None:
    from geodata.exports.fieldreport import write_report
    from geodata.fieldwork.comparing import compare
    from geodata.fieldwork.rejectedrows import read_rejected
    from geodata.fieldwork.returned import Returned, read_file

    known = set(desk.whole["school_id"].astype("str"))
    read, mends = [], []
    for path in files:
        if not path.is_file():
            stop(f"There is no file {path}.")
        if path.stat().st_size > 100_000_000:
            stop(f"{path} is far larger than any form.")
        data = path.read_bytes()
        told = read_rejected(path.name, data)
        if told is None:
            read.append(read_file(path.name, data, known))
        else:
            mends += told[0]
            read.append(Returned(path.name, (), tuple(told[1])))
    found = compare(read, desk)
    _said(found)
    if mends:
        say(f"{len(mends):,} rejected rows are explained; --csv lists them for whoever keeps the register.")
    if csv is not None:
        if not csv.absolute().parent.is_dir():
            stop(f"There is no folder {csv.parent} to write {csv.name} in. Make it first.")
        write_report(found, csv, mends)
        say(f"Everything that was found is in {csv}.")
    propose, who, reason = asked
    if propose and found.proposals:
        _propose(desk, found, where, who, reason)
    elif found.proposals:
        say("Nothing was recorded. To propose these: the same command with --propose --who NAME --reason TEXT.")
    if found.faults or found.conflicts:
        raise typer.Exit(FAILED)


def _said(found: Compared) -> None:
    from geodata.fieldwork.questions import QUESTIONS
    from geodata.fieldwork.values import said

    for file in found.files:
        say(
            f"{file.file}: {file.rows:,} schools, {len(file.answers):,} answers, {len(file.faults):,} cells that cannot be read."
        )
    say(
        f"{len(found.proposals):,} changes to propose, {found.agree:,} answers say what stands already, {found.unknown:,} say that nobody knows."
    )
    for one in found.proposals[:SHOWN]:
        question = QUESTIONS[one.question]
        say(f"  {one.school_id}: {question.short}: {said(question, one.now.value)} → {said(question, one.value)}" + (" (nobody doubted it)" if one.plain else ""))  # fmt: skip
    if len(found.proposals) > SHOWN:
        say(f"  … and {len(found.proposals) - SHOWN:,} more")
    for clash in found.conflicts[:SHOWN]:
        warn(f"Conflict, {clash.school_id}, {QUESTIONS[clash.question].short}: {clash.said}.")
    for fault in found.faults[:SHOWN]:
        warn(f"{fault.file} {fault.cell}: {fault.said}.")
    more = max(0, len(found.conflicts) - SHOWN) + max(0, len(found.faults) - SHOWN)
    if more:
        warn(f"… and {more:,} more; --csv writes them all.")


def _propose(desk: Desk, found: Compared, where: str, who: str, reason: str) -> None:
    from firstmile_trail import OFF, trail_of
    from geodata.store.corrections import propose
    from geodata.store.proposing import items

    trail = None if where == OFF else trail_of(where, desk.atlas.link, must=True)
    if trail is None:
        stop("Corrections are kept in the trail, and it is switched off (FIRSTMILE_STORE=off).")
    given = items(desk, found)
    entries = propose(trail, desk.atlas, given, tier=desk.tier, who=who, reason=reason)
    trail.close()
    say(
        f"Proposed {len(given):,} corrections, entry {', '.join(str(e.number) for e in entries)} of the trail. A reviewer accepts or rejects them."
    )


def _decide(trail: Store, desk: Desk, accept: str, reject: str, who: str, reason: str) -> None:  # noqa: PLR0917
    from geodata.store.corrections import ACCEPTED, OPEN, REJECTED, review, same_name, standing

    if accept and reject:
        stop("Accept or reject, one after the other: each has its own reason.")
    there = standing(trail, desk.atlas.slug)
    text = accept or reject
    waiting = [c.number for c in there if c.state == OPEN]
    numbers = waiting if text == "all" else [n.strip() for n in text.split(",") if n.strip()]
    own = [c.number for c in there if c.number in set(numbers) and same_name(c, who)]
    entry = review(trail, desk.atlas, numbers, ACCEPTED if accept else REJECTED, tier=desk.tier, who=who, reason=reason)
    if own:
        warn(f"The reviewer has the same name as who proposed {', '.join(own[:5])}: let someone else look too.")
    say(f"{'Accepted' if accept else 'Rejected'} {len(numbers):,}, entry {entry.number} of the trail.")


def _list(trail: Store, desk: Desk, state: str, export: Path | None) -> None:
    from geodata.store.corrections import ACCEPTED, OPEN, REJECTED, REPLACED, readable, standing

    states = (OPEN, ACCEPTED, REJECTED, REPLACED)
    if state and state not in states:
        stop(f"--state is {state!r}; it must be one of {', '.join(states)}.")
    found = readable(standing(trail, desk.atlas.slug), desk.tier)
    if export is not None:
        from geodata.exports.fieldreport import write_accepted

        say(
            f"Wrote {write_accepted(found, export):,} accepted corrections to {export}. In the recipe: [corrections] path = {export.name!r}"
        )
        return
    chosen = [c for c in found if state in ("", c.state)]
    for one in reversed(chosen[:50]):
        _line(one)
    counts = ", ".join(f"{sum(c.state == s for c in found):,} {s}" for s in states)
    say(f"{len(found):,} corrections: {counts}." + (" The newest 50 are shown." if len(chosen) > 50 else ""))


def _line(one: Correction) -> None:
    from geodata.fieldwork.questions import QUESTIONS
    from geodata.fieldwork.values import said

    question = QUESTIONS[one.item.what]
    change = f"{said(question, one.item.before)} → {said(question, one.item.value)}"
    decided = f"; {one.review.data['decision']} by {one.review.who}: {one.review.reason}" if one.review else ""
    say(
        f"{one.number:>8} {one.state:<9} {one.item.school_id} {question.short}: {change}. {one.entry.who}: {one.entry.reason}{decided}"
    )
