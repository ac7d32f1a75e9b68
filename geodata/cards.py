"""Cards: what the priority index and each predictor are fit for, and a datasheet for every source. From declarations and
the place's own numbers; nothing is written by hand for one place.

Mitchell et al. (2019), Model Cards for Model Reporting; Gebru et al. (2021), Datasheets for Datasets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import pandas as pd

from geodata.fields import FIELDS
from geodata.policy import NUMBERS, POLICY, Policy
from geodata.say import later, separated, told, tr, trn, written
from geodata.standards import Standard, place_words, standards

NOT_STATED = later("not stated")
LEGAL = later("Legal basis and consent: not stated by the recipe.")
Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Card:
    """A card: sections in their order, each with its lines. `name` is its anchor on the screen."""

    name: str
    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


def markdown(cards: Iterable[Card], heading: str) -> str:
    """The cards as one Markdown text."""
    parts = [f"# {heading}\n"]
    for card in cards:
        parts.append(f"## {card.title}\n")
        for title, lines in card.sections:
            parts.append(f"### {title}\n\n" + "\n".join(f"- {line}" for line in lines) + "\n")
    return "\n".join(parts)


# --- the priority index -------------------------------------------------------------------------------------------


def index_card(manifest: Manifest, schools: pd.DataFrame, policy: Policy = POLICY, more: Sequence[str] = ()) -> Card:
    """The model card of the priority index in one place, from its schools (as a tier sees them) under a policy.

    `more` holds sentences on bands, ties and stability, where they were worked out.
    """
    name = str(manifest.get("name", ""))
    counts = schools["list"].value_counts() if "list" in schools else pd.Series(dtype=int)
    ranked, first = int(counts.get("ranked", 0)), int(counts.get("verify_first", 0))
    sections = (
        (tr("Details"), (tr("Priority index of {name}, build {version}.", name=name, version=manifest.get('version', '')), tr("Two halves, service gap and marginalisation; a power mean within, a geometric mean between; groups by the number of things lacking come first."), tr("No part of it is learnt from data: every weight is a stated judgement."))),
        (tr("Intended use"), (tr("To order schools for a ministry's attention and for money, by people who can look at the reasons."), tr("Not for judging a school or its staff, not for closing a school, and not alone for deciding: a named person approves."))),
        (tr("Factors"), tuple(_factor(s) for s in standards(schools, policy))),
        (tr("Metrics"), (tr("Group, score, rank, the band of likely ranks, the share of the score that is reported."), tr("{ranked} schools are ranked; {first} stand in the list to verify first.", ranked=written(ranked), first=written(first)))),
        (tr("Evaluation data"), (tr("The place's own schools; there is no outside truth of who should come first."),)),
        (tr("Training data"), (tr("Nothing is learnt from data."),)),
        (tr("Quantitative analyses"), (*_changed(policy), *(more or (tr("Stability against other weightings: not worked out here."),)))),
        (tr("Ethical considerations"), (tr("Rewarding silence is avoided: what is not reported is never taken as good, nor as worst."), tr("The share of girls or of learners with disabilities is no lack and is not scored; reported disability rises with the capacity to notice it."), tr("A published list can itself draw theft or attack: locations and sensitive columns follow the risk of the place."))),
        (tr("Caveats"), (*place_words(schools, policy), tr("Connection alone does not produce learning."))),
    )  # fmt: skip
    return Card("card_index", tr("Model card: priority index"), sections)


def _factor(standard: Standard) -> str:
    title, total, weight = (
        tr(standard.criterion.title),
        standard.known + standard.unknown,
        f"{standard.weight_used:.4g}",
    )
    if not standard.in_use:
        words = standard.words or tr("not counted.")
        return tr("{title}: {words}", title=title, words=words[:1].lower() + words[1:])
    if not total:
        said = tr("{title}: weight {weight} in its half; no school operates.", title=title, weight=separated(weight))
    else:
        said = tr(
            "{title}: weight {weight} in its half; {known} of {total} known.",
            title=title, weight=separated(weight), known=written(standard.known), total=written(total),
        )  # fmt: skip
    return f"{said} {standard.words}".strip()


def _changed(policy: Policy) -> tuple[str, ...]:
    own = policy.changes(POLICY)
    said = [
        tr("{title}: {value} (default {default})", title=tr(NUMBERS[n].title), value=v, default=NUMBERS[n].value)
        for n, v in own.items()
    ]
    return tuple(said) or (tr("Every number of the policy is at its default."),)


# --- the predictors -----------------------------------------------------------------------------------------------


def predictor_cards(manifest: Manifest) -> list[Card]:
    """A model card for each target that the build tried to predict; none where it tried none."""
    return [_predictor(card, manifest) for card in manifest.get("models") or []]


def _predictor(card: Mapping[str, Any], manifest: Manifest) -> Card:
    title = tr(str(card.get("title") or card.get("target") or ""))
    groups = tuple(_group(g) for g in card.get("by_group") or ())
    sections = (
        (tr("Details"), (tr("{title}, {place}, build {version}.", title=title, place=manifest.get('name', ''), version=manifest.get('version', '')), tr("Model: {model}; calibration: {calibration}.", model=told(str(card.get('model_title') or tr('none in use'))), calibration=told(str(card.get('calibration') or tr('none')))))),
        (tr("Verdict"), (told(str(card.get("verdict") or NOT_STATED)),)),
        (tr("Intended use"), (tr("To say which of the schools that do not report are likely lacking, and whom to ask first."), tr("Never as a yes or a no, never in an official export, never to drop a school."))),
        (tr("Factors"), (tr("Rests on: {columns}.", columns=_listed(card.get('features'))), tr("Left out on purpose: {columns}.", columns=_listed(card.get('left_out'))))),
        (tr("Metrics"), (tr("Brier skill {skill}; coverage of the sets {coverage} (promised {promised}); AUC {auc}; calibration error {error}.", skill=_number(card.get('brier_skill')), coverage=_number(card.get('coverage')), promised=_number(card.get('promised')), auc=_number(card.get('auc')), error=_number(card.get('ece'))),)),
        (tr("Evaluation data"), (_tested(card),)),
        (tr("Training data"), (tr("The same schools, of the other districts; their registers are in the datasheets."), trn("{n} school does not report and was asked for.", "{n} schools do not report and were asked for.", int(card.get('asked', 0))))),
        (tr("Quantitative analyses"), groups or (tr("Errors by group: not worked out."),)),
        (tr("Ethical considerations"), (tr("A school that silently lacks it may be predicted to have it: the sets are checked by group, and where the error is uneven it is said below."),)),
        (tr("Caveats"), tuple(told(str(x)) for x in card.get("limitations") or ()) or (tr(NOT_STATED),)),
    )  # fmt: skip
    return Card(
        f"card_{card.get('target', '')}",
        tr("Model card: predicted {title}", title=title[:1].lower() + title[1:]),
        sections,
    )


def _tested(card: Mapping[str, Any]) -> str:
    districts, schools = card.get("districts"), written(card.get("n", 0))
    if districts is None:
        return tr(
            "{schools} schools that report, whole districts left out in turn (districts not counted).", schools=schools
        )
    return tr(
        "{schools} schools that report, whole districts left out in turn ({districts} districts).",
        schools=schools, districts=districts,
    )  # fmt: skip


def _group(row: Mapping[str, Any]) -> str:
    values = tr("; ").join(f"{told(k.replace('_', ' '))} {_number(v)}" for k, v in row.items() if k not in ("by", "group") and isinstance(v, int | float))  # fmt: skip
    return f"{told(str(row.get('by', '')).replace('_', ' '))}, {told(str(row.get('group', '')))}: {values}"


def _listed(values: Any) -> str:
    if isinstance(values, str):
        return told(values.rstrip("."))
    return ", ".join(_title(str(v)) for v in values or ()) or tr(NOT_STATED)


def _title(name: str) -> str:
    return tr(FIELDS[name].title).lower() if name in FIELDS else told(name.replace("_", " "))


def _number(value: Any) -> str:
    good = isinstance(value, int | float) and isfinite(value)
    return separated(f"{value:.3g}") if good else tr("not worked out")


# --- the sources --------------------------------------------------------------------------------------------------


def datasheets(manifest: Manifest, schools: pd.DataFrame) -> list[Card]:
    """A datasheet for each source of the manifest; coverage is of `schools`, as a tier sees them."""
    return [_datasheet(source, manifest, schools) for source in manifest.get("sources") or []]


def _datasheet(source: Mapping[str, Any], manifest: Manifest, schools: pd.DataFrame) -> Card:
    name, title = str(source.get("name", "")), str(source.get("title") or source.get("name", ""))
    read, accepted, out, rejected = (int(source.get(f"rows_{k}") or 0) for k in ("read", "accepted", "out_of_scope", "quarantined"))  # fmt: skip

    def stated(key: str) -> str:
        return str(source.get(key) or tr(NOT_STATED))

    sections = (
        (tr("Where it comes from"), (tr("Publisher: {publisher}.", publisher=stated('publisher')), tr("Address: {address}.", address=stated('address')), tr("Date: {date}.", date=stated('date')))),
        (tr("What it holds"), (tr("{read} rows read = {accepted} accepted + {out} out of scope + {rejected} rejected.", read=written(read), accepted=written(accepted), out=written(out), rejected=written(rejected)), *_coverage(name, manifest, schools))),
        (tr("How it was collected"), (tr("Values are {evidence}.", evidence=told(str(source.get('evidence') or tr('of evidence not stated')))), tr("Method of collection: not stated by the recipe."))),
        (tr("What was done to it"), _notes(name, manifest)),
        (tr("Faults found"), _faults(name, manifest)),
        (tr("Uses"), (tr("Licence: {licence}.", licence=stated('licence')), *([tr("To be named as: {attribution}.", attribution=source['attribution'])] if source.get("attribution") else []), tr(LEGAL))),
        (tr("Known bias"), (tr("Not stated by the publisher. Schools that do not report are not like those that do: every share stands with its bounds."),)),
        (tr("Fixed by"), (tr("SHA-256 {checksum}.", checksum=stated('sha256')),)),
    )  # fmt: skip
    return Card(f"sheet_{slug(name)}", tr("Datasheet: {title}", title=title), sections)


def slug(name: str) -> str:
    """A name fit for an address."""
    return "".join(c if c.isalnum() else "_" for c in name.lower())


def _coverage(name: str, manifest: Manifest, schools: pd.DataFrame) -> tuple[str, ...]:
    """Columns that this source feeds, with the share of schools for which they are known, least known first."""
    fed = [c for c, column in (manifest.get("columns") or {}).items() if name in column.get("sources", ())]
    raw = [c for c in fed if c in schools and c in FIELDS and not FIELDS[c].derived and not c.startswith("admin")]
    if not raw or not len(schools):
        return ()
    known = schools[raw].notna().mean().sort_values(kind="stable")
    said = tr("; ").join(f"{tr(FIELDS[str(c)].title)} {share:.0%}" for c, share in known.items())
    return (
        tr(
            "Known for so many of the {schools} schools, from all sources together: {said}.",
            schools=written(len(schools)),
            said=said,
        ),
    )


def _notes(name: str, manifest: Manifest) -> tuple[str, ...]:
    said = [
        told(str(note).removeprefix(f"{name}:").strip())
        for note in manifest.get("notes") or []
        if str(note).startswith(f"{name}:")
    ]
    return tuple(said) or (tr("Columns were renamed and values translated as the recipe says; nothing else is noted."),)


def _faults(name: str, manifest: Manifest) -> tuple[str, ...]:
    lines = [line for line in manifest.get("report") or [] if line.get("count")]
    own = [x for x in lines if str(x["sentence"]).startswith(f"{name}:")]
    said = [tr("{fault}: {count} of {rows}.", fault=told(str(x['sentence']).removeprefix(f'{name}:').strip()), count=written(int(x['count'])), rows=written(int(x.get('of') or 0))) for x in own]  # fmt: skip
    return tuple(said) or (tr("Nothing of its own; checks over all registers together stand in the quality report."),)
