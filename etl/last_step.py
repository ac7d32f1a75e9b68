"""The last step of a build: every row counted, rejected rows written for people, the manifest."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd

from etl.corrections import summary as corrected
from etl.fetching.passports import notes_of
from etl.linking.kept import linked_rows, summary
from etl.manifest import attributions, code_version, columns_of, inputs, passport, refuse_lost_schools
from etl.prices import with_prices
from etl.quality import line
from etl.recipe import Recipe, Source
from etl.report import metrics
from etl.steps import nothing
from etl.work import Work
from geodata.exports.formula import spreadsheet_csv
from geodata.layers import write_manifest
from geodata.tables import OUT_OF_SCOPE, QUARANTINE, empty_columns
from geodata.vocabulary import Severity


def finish(work: Work) -> str:
    """Rejected and out-of-scope rows, the report, and the manifest; refuses to end where a row was lost."""
    schools = work.layer("schools", ["school_id", "latitude", "location_in_declared_area", "source_name"])
    late = pd.concat([work.take("merged.rejected"), work.take("commitments.rejected")], ignore_index=True)
    quarantine, out_of_scope, sources = [late], [work.take("areas.out_of_scope")], []
    for number, source in enumerate(work.recipe.source):
        if source.kind in ("population", "settlement", "terrain"):
            raw = work.raw(source)
            sources.append(passport(source, source.name, source.kind, raw.sha256, (0, 0, 0, 0)))
            continue
        if source.kind == "roads":
            about = work.take_json(f"{number}.roads.json")
            sources.append(passport(source, source.name, source.kind, about["sha256"], tuple(about["rows"])))
            continue
        about = work.take_json(f"{number}.source.json")
        rejected, out = work.take(f"{number}.rejected"), work.take(f"{number}.out_of_scope")
        gone, linked = linked_rows(work, source.name)
        out = pd.concat([out, gone], ignore_index=True) if len(gone) else out
        lost = len(rejected) + int((late["source"] == source.name).sum())
        rows = (about["rows"], about["rows"] - len(out) - lost, len(out), lost)
        kept = len(work.take(f"{number}.frame")) - (lost - len(rejected)) - len(gone)
        if kept != rows[1]:
            rows = (rows[0], kept, *rows[2:])  # passport() refuses it with the figures
        kind = "series" if source.series else source.kind
        more = {"evidence": source.evidence, **({"rows_linked": linked} if source.link else {})}
        sources.append(passport(source, source.name, kind, about["sha256"], rows, **more))
        quarantine.append(rejected)
        out_of_scope.append(out)
    if work.has("people.out_of_scope"):
        out_of_scope.append(work.take("people.out_of_scope"))
    if work.has("benchmarks.rejected"):
        quarantine.append(work.take("benchmarks.rejected"))
    refuse_lost_schools(sources, schools)
    rejected_rows = _long(quarantine, QUARANTINE)
    work.write("quarantine", rejected_rows)
    work.write_bytes("quarantine.csv", spreadsheet_csv(rejected_rows))  # no cell of it starts a formula
    work.write("out_of_scope", _long(out_of_scope, OUT_OF_SCOPE))
    manifest = _manifest(work, sources, schools)
    write_manifest(work.folder, manifest)
    return f"{sum(s['rows_read'] for s in sources):,} rows read, all accounted for."


def _long(parts: list[pd.DataFrame], table: Any) -> pd.DataFrame:
    given = [p for p in parts if len(p)]
    frame = pd.concat(given, ignore_index=True) if given else nothing(table)
    order = [c for c in ("source", "row", "check", "reason") if c in frame]
    return empty_columns(frame, table).sort_values(order, kind="stable", ignore_index=True)


def _manifest(work: Work, sources: list[dict[str, Any]], schools: pd.DataFrame) -> dict[str, Any]:
    recipe = work.recipe
    placed = work.take_json("areas.json")
    abouts = [work.take_json(f"{n}.source.json", {}) for n in range(len(recipe.source))]
    people = work.take_json("people.json", {"sources": [], "notes": [], "report": [], "about": {}})
    report = [*_unmapped(abouts, recipe.source), *_blanked(work), *work.take_json("report.json"), *people["report"]]
    notes = [n for item in inputs(recipe) if item.service for n in notes_of(item, work.path(item))]
    notes += [note for about in abouts for note in about.get("notes", [])]
    others = work.take_json("benchmarks.json")
    notes += [*work.take_json("merged.json"), *placed["notes"], *people["notes"], *others["notes"]]
    ended, waiting, said = corrected(work)
    report, notes = [*report, *waiting], [*notes, *said]
    sources = [*sources, *placed["sources"], *people["sources"], *others["sources"]]
    manifest = {
        "name": recipe.place.name, "version": work.build_id, "synthetic": recipe.place.synthetic,
        "recipe_sha256": _sha_of_recipe(work), "code_version": code_version(), "sources": sources,
        "place": _place(recipe), "policy": dict(recipe.policy),
        "drawn_ranks": work.take_json("bands.json", {}),
        "columns": columns_of(recipe), "attributions": attributions(recipe),
        "thresholds": recipe.check.model_dump(mode="json"), "report": report, "notes": notes,
        "links": summary(work), "planning": with_prices(work, work.take_json("planning.json", {})),
        "people": people["about"], "missing": [m.model_dump() for m in recipe.missing],
        "models": work.take_json("models.json", []),
        "warnings": [r["sentence"] for r in report if r["severity"] != "reject" and r["count"]],
    }  # fmt: skip
    manifest |= {"corrections": ended} if ended else {}
    return {**manifest, "metrics": metrics(manifest, schools, abouts)}


def _place(recipe: Recipe) -> dict[str, Any]:
    """The recipe's words about the place; the official figure where it names one."""
    place = recipe.place.model_dump(mode="json")
    return {k: v for k, v in place.items() if k != "official" or v is not None}


def _sha_of_recipe(work: Work) -> str:
    return hashlib.sha256(work.recipe_path.read_bytes()).hexdigest()


def _unmapped(abouts: list[dict[str, Any]], sources: tuple[Source, ...]) -> list[dict[str, Any]]:
    """Words of the register that no alias knows, a line a field."""
    lines = []
    for source, about in zip(sources, abouts, strict=True):
        for field, words in about.get("unmapped", {}).items():
            count = sum(words.values())
            some = ", ".join(f"{w!r} ({n:,})" for w, n in list(words.items())[:6])
            sentence = f"{source.name}: words of {field} that no alias knows, treated as not reported: {some}."
            lines.append(
                line("unmapped_value", str(Severity.BLANK), sentence, count, count + about["given"].get(field, 0))
            )
    return lines


def _blanked(work: Work) -> list[dict[str, Any]]:
    """Values that could not be used, a line a reason."""
    lines = []
    for number, source in enumerate(work.recipe.source):
        if work.has(f"{number}.findings"):
            rows = len(work.take(f"{number}.frame"))
            for (check, severity, reason), group in work.take(f"{number}.findings").groupby(
                ["check", "severity", "reason"]
            ):
                lines.append(line(check, severity, f"{source.name}: {reason}", len(group), rows))
    return lines
