"""What the packed page says by itself, by key; the page fills `{n}` and other names in."""

from __future__ import annotations

from babel import Locale

from geodata.say import tr, trn

EXAMPLES = (0, 1, 2, 3, 6, 11, 21, 100, 101, 1_000_000)


def interface() -> dict[str, str]:
    """Every text of the page by its key, in the language spoken now."""
    return {**_page(), **_list(), **_map(), **_sheet(), **_about()}


def _page() -> dict[str, str]:
    return {
        "made": tr("First Mile"),
        "skip": tr("Go to the list"),
        "language": tr("Language"),
        "unreviewed": tr("No native speaker has reviewed these translations yet."),
        "tier_partner": tr("For partners under an agreement alone. Do not pass it on."),
        "tier_government": tr("For the government alone. Do not pass it on."),
        "offline": tr("This folder works without internet. Nothing you do in it is sent anywhere."),
        "wait": tr("Reading the data …"),
        "broken": tr("A file of this folder is missing or damaged: {file}. Copy the whole folder again."),
        "filters": tr("Which schools"),
        "map": tr("Map"),
        "list": tr("List"),
        "about": tr("About these data"),
        "close": tr("Close"),
        "clear": tr("Show all schools again"),
        "area": tr("Place"),
        "all_areas": tr("The whole country"),
        "search": tr("Name or id"),
        "lacking": tr("What is known to be lacking"),
        "any": tr("any"),
        "at_least": tr("at least"),
        "at_most": tr("at most"),
        "learners": tr("Learners in the school"),
        "not_reported": tr("not reported"),
        "yes": tr("yes"),
        "no": tr("no"),
    }


def _list() -> dict[str, str]:
    return {
        "of": tr("{n} of {all} schools"),
        "none": tr("No school matches. Take a filter away."),
        "download": tr("Download this list (CSV)"),
        "print": tr("Print"),
        "link": tr("Address of this view"),
        "sort": tr("Order"),
        "order_priority_rank": tr("First in need"),
        "order_school_name": tr("Name"),
        "order_num_students": tr("Most learners"),
        "order_data_confidence": tr("Least known"),
        "rank": tr("Rank"),
        "school": tr("School"),
        "place": tr("Place"),
        "lacks": tr("Lacks"),
        "many": tr("Learners"),
        "why": tr("Why"),
        "verify": tr("verify first"),
        "likely": tr("likely {low} to {high}"),
        "group": tr("group {group}"),
        "or_more": tr("{low} or more"),
        "range": tr("{low} to {high}"),
        "earlier": tr("Earlier"),
        "later": tr("Later"),
        "page": tr("{from} to {to} of {n}"),
        "areas_only": tr("Schools are not shown one by one here, because places are at high risk. Areas and hexagons tell of them together; those with too few schools tell nothing."),
    }  # fmt: skip


def _map() -> dict[str, str]:
    return {
        "show": tr("Show on the map"),
        "map_keys": tr("Map. Arrow keys move it, plus and minus zoom. The same numbers stand in the table below it."),
        "no_webgl": tr("This computer cannot draw the moving map (WebGL is off), so a plain one stands here."),
        "plain_map": tr("Plain map of the areas, coloured by the share of schools"),
        "table": tr("The map as a table"),
        "each": tr("Each {level}: % of the schools for which it is reported"),
        "hexagon": tr("hexagon"),
        "too_few": tr("too few reported"),
        "hidden": tr("too few schools to be shown"),
        "no_school": tr("No school of this selection"),
        "share": tr("Share"),
        "known": tr("Reported"),
        "unknown": tr("Not reported"),
        "schools": tr("Schools"),
        "zoom": tr("Come nearer to see single schools: too many are in view."),
        "bounds": tr("{low} to {high}"),
    }


def _sheet() -> dict[str, str]:
    return {
        "what": tr("What"),
        "value": tr("Value"),
        "evidence": tr("How it is known"),
        "source": tr("Source"),
        "date": tr("Date"),
        "computed": tr("computed"),
        "unknown_note": tr("“Not reported” means that no source says anything; it is never taken as no, zero or the worst."),
        "on_map": tr("Show on the map"),
        "score": tr("Score {score} of 100"),
        "rank_of": tr("Rank {rank}"),
        "chance": tr("chance {share} (a model's, not a report)"),
    }  # fmt: skip


def _about() -> dict[str, str]:
    return {
        "sources": tr("Sources and licences"),
        "publisher": tr("Publisher"),
        "title": tr("Title"),
        "licence": tr("Licence"),
        "attribution": tr("Credit"),
        "again": tr("How to make this again"),
        "again_list": tr("The list that you download is the same, to the letter, as this command writes from the same data:"),
        "left_out": tr("Not in this folder, because of its licence or because this tier may not see it"),
        "ranking": tr("A rank says how much a school lacks and how marginalised its place is, not how good it is. Reasons stand beside each. The range says where the rank may lie, since not all is known."),
        "connection": tr("A connection alone does not produce learning."),
    }  # fmt: skip


def plurals(locale: Locale) -> dict[str, dict[str, str]]:
    """Texts with a count by the plural form (CLDR) of the count, as `Intl.PluralRules` names it in the page."""
    forms = {
        "schools": lambda n: trn("{n} school", "{n} schools", n, n="{n}"),
        "unplaced": lambda n: trn("{n} school has no location", "{n} schools have no location", n, n="{n}"),
    }
    return {key: {str(locale.plural_form(n)): said(n) for n in reversed(EXAMPLES)} for key, said in forms.items()}
