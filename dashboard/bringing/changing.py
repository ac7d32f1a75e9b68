"""Choices made with the controls of the second step: each changes one thing of the recipe, and is kept at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, html, no_update

from dashboard import components as c
from dashboard import guard
from dashboard.bringing import choices, columnstep, door
from dashboard.bringing.drawing import HERE, TICK
from dashboard.bringing.state import Seen
from geodata.errors import FirstMileError, StoreError
from geodata.policy import NUMBERS
from geodata.say import tr

SAID, TEXT = "bring-said", "bring-text"

Change = Callable[[Seen, dict[str, Any]], dict[str, Any]]


def changed(fragment: str, change: Change) -> tuple[Seen, bool]:
    """The upload with one thing of its recipe changed, and whether anything did."""
    seen = Seen(door.upload_of(fragment))
    recipe = change(seen, seen.recipe)
    if recipe == seen.recipe:
        return seen, False
    if seen.job.runs and seen.job.step == "build":
        raise StoreError(tr("It is being built just now. Cancel the build first, or wait for it."))
    seen.upload.write("recipe.toml", choices.text_of(recipe))
    return Seen(seen.upload), True


def _answer(app: Dash, *inputs: Any, redraws: tuple[str, ...] = ()) -> Callable[[Callable[..., Change | None]], None]:
    """A callback that changes the recipe: `make(*values)` returns the change, None where nothing was asked."""
    parts = {"bring-columns": columnstep.columns, "bring-words": columnstep.values}
    outputs = [Output(SAID, "children", allow_duplicate=True), Output(TEXT, "value", allow_duplicate=True), Output(TICK, "disabled", allow_duplicate=True), *(Output(r, "children", allow_duplicate=True) for r in redraws)]  # fmt: skip

    def wrap(make: Callable[..., Change | None]) -> None:
        @app.callback(*outputs, *inputs, HERE, prevent_initial_call=True)
        def _change(*values: Any) -> Any:
            nothing = [no_update] * len(outputs)
            try:
                change = make(*values[:-1])
                if change is None:
                    return nothing
                seen, did = changed(values[-1], change)
            except FirstMileError as error:
                return [c.message(guard.said(error), kind="error"), *nothing[1:]]
            if not did:
                return nothing
            said = html.P([html.Span("● ", **{"aria-hidden": "true"}), tr("Kept.")], className="fm-small")
            return [said, seen.text, False, *(parts[r](seen) for r in redraws)]

    return wrap


def register(app: Dash) -> None:
    """A callback for each kind of control."""

    @_answer(app, Input({"type": "bring-set", "key": ALL}, "value"), State({"type": "bring-set", "key": ALL}, "id"))
    def _set(values: list[Any], ids: list[dict[str, str]]) -> Change | None:
        which = ctx.triggered_id
        if not isinstance(which, dict) or len(ctx.triggered) != 1:
            return None  # the controls were drawn
        value = next(v for one, v in zip(ids, values, strict=True) if one == which)
        return lambda _, recipe: _with(recipe, which["key"], value)

    @_answer(app, Input({"type": "bring-col", "column": ALL}, "value"), redraws=("bring-columns", "bring-words"))
    def _column(_: list[Any]) -> Change | None:
        which = ctx.triggered_id
        if not isinstance(which, dict) or len(ctx.triggered) != 1:
            return None
        field = str(ctx.triggered[0]["value"] or "")
        return lambda seen, recipe: choices.with_meaning(recipe, str(seen.columns[which["column"]]["column"]), field)

    @_answer(
        app, Input("bring-add-do", "n_clicks"), State("bring-add-column", "value"), State("bring-add-field", "value"), redraws=("bring-columns", "bring-words"),
    )  # fmt: skip
    def _add(clicks: int | None, column: str | None, field: str | None) -> Change | None:
        if not clicks or column is None or not field:
            return None
        return lambda seen, recipe: choices.with_meaning(recipe, str(seen.columns[int(column)]["column"]), field)

    @_answer(app, Input({"type": "bring-word", "field": ALL, "n": ALL}, "value"))
    def _word(_: list[Any]) -> Change | None:
        which = ctx.triggered_id
        if not isinstance(which, dict) or len(ctx.triggered) != 1:
            return None
        meaning = str(ctx.triggered[0]["value"] or "")
        return lambda seen, recipe: word_of(seen, recipe, which["field"], which["n"], meaning)

    @_answer(
        app,
        Input("bring-policy-do", "n_clicks"),
        State("bring-policy-name", "value"),
        State("bring-policy-value", "value"),
    )
    def _policy(clicks: int | None, name: str | None, value: str | None) -> Change | None:
        if not clicks or not name or name not in NUMBERS:
            return None
        return lambda _, recipe: choices.with_policy(recipe, name, value)

    @_answer(
        app,
        Input("bring-scope-keep", "value"),
        Input("bring-scope-reason", "value"),
        State("bring-scope-column", "value"),
    )
    def _scope(keep: list[str] | None, reason: str | None, column: str | None) -> Change | None:
        return lambda _, recipe: choices.with_scope(recipe, column or "", keep or [], reason or "")

    @app.callback(
        Output("bring-scope-keep", "data"),
        Output("bring-scope-keep", "value"),
        Input("bring-scope-column", "value"),
        HERE,
        prevent_initial_call=True,
    )
    def _scope_values(column: str | None, fragment: str) -> Any:
        seen = Seen(door.upload_of(fragment))
        few = [str(v) for one in seen.columns if one["column"] == column for v, _ in one["values"]]
        scope = seen.source.get("scope") or {}
        return sorted(few), [str(v) for v in scope.get("keep", [])] if scope.get("column") == column else few


def _with(recipe: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    if key != "repairs":
        return choices.with_set(recipe, key, value)
    for name in choices.REPAIRS:
        usual = name == "zero_is_missing"
        on = name in (value or [])
        recipe = choices.with_set(recipe, f"source.repair.{name}", None if on == usual else on)
    return recipe


def word_of(seen: Seen, recipe: dict[str, Any], field: str, number: int, meaning: str) -> dict[str, Any]:
    """The recipe where the word of this number, of the column that feeds a field, means something else."""
    column = choices.feeds(seen.source).get(field, ("",))[0]
    raw = [str(v) for one in seen.columns if one["column"] == column for v, _ in one["values"]]
    known = choices.understood(seen.source, field, raw, seen.look.get("meanings") or {})
    if not 0 <= number < len(raw) or known[raw[number]] == meaning:
        return recipe
    return choices.with_value(recipe, field, known, raw[number], meaning)
