"""What the address asks of a plan: budget and terms in its query, as `Terms` and back.

`budget=2000000` (or one amount a year, `budget=400000,600000`) and `terms=ways:fibre.satellite,case:low,shared:yes`;
policy numbers stand as `p.plan_…`. What officers decided about single schools comes from the trail, not from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from dashboard import page
from geodata.errors import ViewError
from geodata.plan.terms import WAYS, Terms
from geodata.query import Desk
from geodata.say import joined, later, tr, written
from geodata.store import Store, lists
from geodata.view import View

PATH = "/plan"
CASES = ("low", "mid", "high")
MOST = 1e13  # more than any country's budget, in any currency
# How long an address may have the server search, at most: more only where the country's own policy says so.
EFFORT: Mapping[str, float] = {"plan_search_nodes": 20_000, "plan_exact_most": 10_000}
# A term of the address → the values it may have; the first is the usual one, and left out.
SWITCHES: Mapping[str, tuple[str, ...]] = {
    "case": ("mid", "low", "high"),
    "shared": ("no", "yes"),
    "private": ("no", "yes"),
    "committed": ("no", "yes"),
    "devices": ("yes", "no"),
    "training": ("yes", "no"),
}
FREE = ("ways", "prices", "inside", "only", "ceiling", "shocked")  # terms with values of their own
Decisions = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]  # must, never: school and reason
NONE: Decisions = ((), ())
# Part of the terms, and so of their hash: English whoever asks, and told where shown.
NO_TRAINING = later("Left out on the page Plan, to compare.")
SHOCK = later("Cut off, as the page Plan was told")


def budget(view: View) -> tuple[float, ...]:
    """The budget of the address, one amount or one a year; empty where it names none. Raises ViewError where it is no amount."""
    text = view.shown("budget")
    try:
        amounts = tuple(float(part) for part in text.split(",")) if text else ()
    except ValueError:
        raise ViewError(
            tr("budget={text} is no amount. Write one, such as budget=2000000, or one a year.", text=text)
        ) from None
    if not all(isfinite(a) and 0 <= a <= MOST for a in amounts) or len(amounts) > 10:
        raise ViewError(
            tr("budget={text} is no budget: amounts from 0 on, one or one a year, for ten years at most.", text=text)
        )
    return amounts


def chosen(view: View) -> dict[str, str]:
    """The terms of the address that are not the usual ones; raises ViewError naming what there is."""
    found: dict[str, str] = {}
    for part in filter(None, view.shown("terms").split(",")):
        key, _, value = part.partition(":")
        if key not in SWITCHES and key not in FREE:
            raise ViewError(
                tr("terms= names no term {key!r}; there are {terms}.", key=key, terms=", ".join((*SWITCHES, *FREE)))
            )
        if key in SWITCHES and value not in SWITCHES[key]:
            raise ViewError(
                tr(
                    "The term {key} may be {values}, not {value!r}.",
                    key=key,
                    values=joined(SWITCHES[key], "or"),
                    value=value,
                )
            )
        if key == "ways" and (wrong := set(value.split(".")) - set(WAYS)):
            raise ViewError(
                tr(
                    "There is no way {wrong!r} of connecting; there are {ways}.",
                    wrong=sorted(wrong)[0],
                    ways=", ".join(WAYS),
                )
            )
        found[key] = value
    return found


def with_terms(view: View, **changed: str) -> View:
    """A copy of a view with terms changed; the usual value takes a term out."""
    held = {**chosen(view), **changed}
    kept = {k: v for k, v in held.items() if v and not (k in SWITCHES and v == SWITCHES[k][0])}
    return view.with_screen(terms=",".join(f"{k}:{kept[k]}" for k in sorted(kept)))


def with_budget(view: View, amount: float | None) -> View:
    """A copy of a view with another budget in all; None for the usual one."""
    return view.with_screen(budget="" if amount is None else f"{amount:.0f}")


def terms_of(desk: Desk, view: View, usual: float, decided: Decisions = NONE, store: Store | None = None) -> Terms:
    """The terms of a plan of this address; `usual` is the budget where it names none. Outside a request `store` is needed,
    which holds the named list that a plan may look at alone."""
    asked, amounts = chosen(view), budget(view)
    policy = view.plan_policy_over(desk.policy)
    for name, most in EFFORT.items():
        if policy.number(name) > max(most, desk.policy.number(name)):
            raise ViewError(
                tr(
                    "{name} may be {most} at most on this page, because all visitors share the server. The command firstmile plan takes more.",
                    name=name,
                    most=written(max(most, desk.policy.number(name)), 0),
                )
            )
    if len(amounts) > 1:
        policy = policy.with_values({"plan_years": len(amounts)})
    inside = asked.get("inside", "")
    if inside and inside not in desk.places.levels:
        raise ViewError(tr("There is no area {inside!r} here to plan inside.", inside=inside))
    more: dict[str, Any] = {
        "ways": tuple(w for w in WAYS if w in asked["ways"].split(".")) if "ways" in asked else WAYS,
        "prices": asked.get("prices", ""),
        "case": asked.get("case", "mid"),
        "shared_fibre": asked.get("shared") == "yes",
        "include_private": asked.get("private") == "yes",
        "include_committed": asked.get("committed") == "yes",
        "devices": asked.get("devices") != "no",
        "training": asked.get("training") != "no",
        "no_training": NO_TRAINING if asked.get("training") == "no" else "",
        "area": inside,
        "only": _only(desk, asked["only"], store) if "only" in asked else (),
        "must": decided[0],
        "never": decided[1],
        "recurrent_ceiling": _ceiling(asked, policy.number("plan_horizon_years")),
        "shocked": tuple(filter(None, asked.get("shocked", "").split("~"))),
        "shock": SHOCK if asked.get("shocked") else "",
    }
    return Terms.of(policy, amounts if len(amounts) > 1 else (amounts[0] if amounts else usual), **more)


def _only(desk: Desk, key: str, store: Store | None) -> tuple[str, ...]:
    return lists.opened(store or page.served().store, desk.atlas.slug, View(kept=key), desk.tier).ids


def _ceiling(asked: Mapping[str, str], years: float) -> tuple[float, ...]:
    """The most that running costs may reach, the same in every year; empty where there is no such limit."""
    text = asked.get("ceiling", "")
    try:
        amount = float(text or 0)
    except ValueError:
        amount = -1.0
    if not 0 <= amount <= MOST:
        raise ViewError(tr("The most for running costs is {text!r}, which is no amount.", text=text))
    return (amount,) * round(years) if text else ()


def plain(view: View) -> View:
    """The view under the country's own terms: the budget stays."""
    return replace(view, plans=()).with_screen(terms="")


def plan_only(view: View) -> View:
    """The view with nothing in it but what decides the plan: two addresses of one plan give the same."""
    keys = {k: v for k, v in view.screen if k in ("budget", "terms")}
    return View(policy=view.policy, plans=view.plans).with_screen(**keys)
