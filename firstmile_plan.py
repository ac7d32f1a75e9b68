"""Commands of a plan: make one and write its files, the unit-cost sheet to fill in, bids read back and compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstmile_say import TierOption, WhoOption, say, stop, warn

if TYPE_CHECKING:
    from geodata.costing.unit import PriceBook
    from geodata.plan.terms import Terms
    from geodata.query import Desk

AtlasArgument = Annotated[
    Path, typer.Argument(metavar="ATLAS", help="Built data of one country, such as atlases/demo.")
]
CASES = ("low", "mid", "high")


def commands(app: typer.Typer, store: Callable[[], str]) -> typer.Typer:
    """Add the commands of plans to others; `store` says where the trail is."""

    @app.command()
    def plan(  # noqa: PLR0917 - one parameter an option
        atlas: AtlasArgument,
        out: Annotated[Path, typer.Option(help="The new folder that the files go to.", metavar="DIR")],
        budget: Annotated[
            str, typer.Option(help="The whole budget, or one a year: 500000,300000,200000.", metavar="N[,N…]")
        ] = "",
        years: Annotated[
            int | None,
            typer.Option(help="Years of building; the budget is divided evenly.", metavar="T", min=1, max=10),
        ] = None,
        scenario: Annotated[
            Path | None, typer.Option(help="A scenario file: its terms, which other options change.", metavar="FILE")
        ] = None,
        prices: Annotated[
            str,
            typer.Option(help="A filled-in unit-cost sheet (.xlsx), or the name of shipped prices.", metavar="FILE"),
        ] = "",
        case: Annotated[str, typer.Option(help="Prices to count with: low, mid or high.", metavar="CASE")] = "",
        policy: Annotated[
            list[str] | None, typer.Option(help="A number to set otherwise; may be given again.", metavar="NAME=VALUE")
        ] = None,
        perspective: Annotated[
            str, typer.Option(help="Whose money is counted: payer, operator or social.", metavar="WHOSE")
        ] = "",
        area: Annotated[str, typer.Option(help="Plan inside this area alone, by its id.", metavar="AREA")] = "",
        no_training: Annotated[
            str, typer.Option(help="Why the plan pays for no training of teachers.", metavar="REASON")
        ] = "",
        draws: Annotated[
            int,
            typer.Option(
                help="Make the plan anew so often with prices and unknown data drawn at random, to see which schools stay in it; may take minutes.",
                metavar="N",
                min=0,
                max=500,
            ),
        ] = 0,
        quick: Annotated[bool, typer.Option("--quick", help="Without what other budgets would buy: faster.")] = False,
        licence_profile: Annotated[
            str, typer.Option(help="open refuses a plan that rests on data for non-commercial use.", metavar="P")
        ] = "noncommercial",
        tier: TierOption = "public",
        purpose: Annotated[str, typer.Option(help="What the files are for, for the trail.", metavar="TEXT")] = "",
        who: WhoOption = "",
    ) -> None:
        """Make a plan: which schools a budget connects, how, when, at what cost, and what that leaves out.

        Writes the programme workbook, the master-plan table, a GeoPackage, the scenario file and plan.json, whole or
        not at all, and records each in the trail. Ends with 1 where no plan keeps all limits, and says which clash.

        Example: `firstmile plan atlases/demo --budget 2000000 --years 3 --tier government --out plans/first`
        """
        from firstmile_planned import Kept, write_plan
        from firstmile_trail import trail_of

        asked = {"case": case, "area": area, "no_training": no_training}
        desk = _desk(atlas, tier, purpose, out)
        terms, book = terms_asked(desk, budget, years, scenario, prices, [*(policy or []), *_set(perspective)], asked)
        trail = trail_of(store(), atlas, must=tier != "public")
        write_plan(desk, terms, book, out, Kept(trail, licence_profile, purpose, who), draws=draws, quick=quick)

    @app.command()
    def prices(
        files: Annotated[
            list[Path],
            typer.Argument(
                metavar="[ATLAS] OUT.xlsx", help="Built data whose own prices it starts from, if any; the sheet."
            ),
        ],
        book: Annotated[
            str, typer.Option(help="Start from these shipped prices instead, such as itu_2026.", metavar="NAME")
        ] = "",
    ) -> None:
        """Write the unit-cost sheet to fill in: every price with low, middle and high, its source, and what it is for.

        Fill in national quotes, then name the sheet: `firstmile plan ATLAS --prices FILLED.xlsx`.

        Example: `firstmile prices atlases/demo prices.xlsx`
        """
        _prices(files, book)

    @app.command()
    def bids(  # noqa: PLR0917 - one parameter an option
        atlas: AtlasArgument,
        folder: Annotated[Path, typer.Argument(metavar="PLAN_DIR", help="The folder of the plan that was tendered.")],
        files: Annotated[list[Path], typer.Argument(metavar="BID.xlsx...", help="The bidders' filled-in workbooks.")],
        out: Annotated[
            Path | None,
            typer.Option(help="Make the plan again at the best offers, into this new folder.", metavar="DIR"),
        ] = None,
        tier: TierOption = "government",
        purpose: Annotated[str, typer.Option(help="What the files are for, for the trail.", metavar="TEXT")] = "",
        who: WhoOption = "",
    ) -> None:
        """Read bids back, check every cell, compare them per Mbps with the estimate, and make the plan again at the offers.

        Ends with 1 where a bid has a fault; lots without one are compared all the same.

        Example: `firstmile bids atlases/demo plans/first a.xlsx b.xlsx --out plans/offers`
        """
        from firstmile_planned import Kept, compare_bids
        from firstmile_trail import trail_of

        desk = _desk(atlas, tier, purpose, out)
        terms, book = _scenario(desk, folder / "scenario.json")
        trail = trail_of(store(), atlas, must=tier != "public") if out else None
        compare_bids(desk, terms, book, files, out, Kept(trail, "noncommercial", purpose, who))

    return app


def _prices(files: list[Path], name: str) -> None:
    from geodata.costing.books import book, book_of
    from geodata.exports.pricesheet import write_price_sheet
    from geodata.layers import open_atlas

    out = files[-1]
    if len(files) > 2 or out.suffix.lower() != ".xlsx":
        stop(
            "Name the sheet to write, ending in .xlsx, and before it at most one place: firstmile prices atlases/demo prices.xlsx"
        )
    if out.exists():
        stop(
            f"{out} is there already, and a sheet that may be filled in is not overwritten. Choose another name, or move it away."
        )
    if not out.absolute().parent.is_dir():
        stop(f"There is no folder {out.parent} to write {out.name} in. Make it first.")
    found = book_of(open_atlas(files[0]), name) if len(files) == 2 else book(*filter(None, [name]))
    write_price_sheet(found, out)
    say(f"Wrote {out}: {len(found.costs)} prices in {found.currency}, {len(found.provisional)} of them provisional.")
    say(f"Fill it in, then: firstmile plan ATLAS --budget N --prices {out} --out DIR")


def _set(perspective: str) -> list[str]:
    return [f"plan_perspective={perspective}"] if perspective else []


def _desk(atlas: Path, tier: str, purpose: str, out: Path | None) -> Desk:
    from geodata.disclosure import check_agreement
    from geodata.layers import open_atlas
    from geodata.query import Desk

    desk = Desk(open_atlas(atlas), tier=tier)
    check_agreement(tier, desk.risk, desk.atlas.name, purpose)
    if out is None:
        return desk
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        stop(f"{out} is there already, and a plan is not written over another. Choose another --out, or move it away.")
    if not out.absolute().parent.is_dir():
        stop(f"There is no folder {out.parent} to write {out.name} in. Make it first.")
    return desk


# --- what is asked ------------------------------------------------------------------------------------------------


def terms_asked(  # noqa: PLR0917 - one parameter an option
    desk: Desk, budget: str, years: int | None, scenario: Path | None, prices: str, policy: Sequence[str], more: dict[str, str]
) -> tuple[Terms, PriceBook]:  # fmt: skip
    """The terms and prices: a scenario's where there is one, changed by what else is asked."""
    from geodata.plan.terms import Terms

    numbers = _numbers(policy)
    if years is not None:
        numbers["plan_years"] = years
    each = _budget(budget)
    if len(each) > 1:
        if years not in (None, len(each)):
            stop(f"--budget gives {len(each)} years and --years says {years}. Leave one of them out.")
        numbers["plan_years"] = len(each)
    if more["case"] and more["case"] not in CASES:
        stop(f"--case is {more['case']!r}; it must be one of {', '.join(CASES)}.")
    held = {k: v for k, v in more.items() if v}
    if more["no_training"]:
        held["training"] = False  # type: ignore[assignment]
    if scenario is None:
        if not each:
            stop("How much may the plan cost? Say --budget N, or name a --scenario FILE.")
        book = _book(desk, prices)
        own = desk.policy.with_values(numbers)
        return Terms.of(own, each[0] if len(each) == 1 else each, prices=book.name, **held), book
    terms, whole = _scenario(desk, scenario)
    own = terms.policy.with_values(numbers)
    if each or years is not None:
        terms = terms.with_(budget=Terms.of(own, each[0] if len(each) == 1 else each or terms.total).budget)
    book = _book(desk, prices) if prices else whole or _book(desk, terms.prices)
    return terms.with_(policy=own, prices=book.name, **held), book


def _budget(text: str) -> tuple[float, ...]:
    """ "2000000" or "1e6,5e5": amounts of the years; ends with 2 for what is no amount."""
    if not text.strip():
        return ()
    try:
        each = tuple(float(part.replace("_", "").strip()) for part in text.split(","))
    except ValueError:
        stop(f"--budget is {text!r}; it must be an amount such as 2000000, or one a year with commas between.")
    if not all(0 <= amount < float("inf") for amount in each):
        stop(f"--budget is {text!r}; an amount is 0 or more.")
    return each


def _numbers(pairs: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            stop(f"--policy is {pair!r}; it must be NAME=VALUE, such as plan_equity_weight=0.")
        found[name.strip()] = value.strip()
    return found


def _book(desk: Desk, prices: str) -> PriceBook:
    """The country's own prices, shipped ones by name, or a filled-in sheet."""
    from geodata.costing.books import book_of

    path = Path(prices)
    if not prices or path.suffix.lower() != ".xlsx":
        return book_of(desk.atlas, prices)
    if not path.is_file():
        stop(f"There is no file {path}. `firstmile prices OUT.xlsx` writes a unit-cost sheet to fill in.")
    from geodata.costing import sheet

    return sheet.read(path.read_bytes(), book_of(desk.atlas))


def _scenario(desk: Desk, path: Path) -> tuple[Terms, PriceBook | None]:
    """What a scenario file asks for; says where it was made on other data, or does not hold all."""
    from geodata.plan import scenariofile

    if not path.is_file():
        stop(f"There is no scenario file {path}.")
    asked = scenariofile.read(path.read_bytes(), desk.policy)
    if asked.version and asked.version != desk.atlas.version:
        warn(
            f"The scenario was made on other data ({asked.version[:12]}; these are {desk.atlas.version[:12]}): the plan may be another."
        )
    _known_here(desk, asked.terms)
    for left_out in asked.not_shown:
        warn(f"Not in the scenario file, so that the plan may be another: {left_out}.")
    return asked.terms, asked.book


def _known_here(desk: Desk, terms: Terms) -> None:
    """Ends with 2 where a decision names a school that these data do not have: it would silently be no decision at all."""
    from difflib import get_close_matches

    known = desk.whole["school_id"].astype("str").tolist()
    lost = sorted({school for school, _ in (*terms.must, *terms.never)} - set(known))
    if lost:
        near = get_close_matches(lost[0], known, n=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        also = f", and {len(lost) - 1:,} more," if len(lost) > 1 else ""
        stop(
            f"The scenario file decides on {lost[0]!r}{also} under must or never, which these data do not have.{meant}"
        )
