"""The commands that stand in modules of their own, put together: one line a module."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import typer

import firstmile_brief
import firstmile_bring
import firstmile_fieldwork
import firstmile_open
import firstmile_pack
import firstmile_plan
import firstmile_report


def every(environ: Mapping[str, str], store: Callable[[], str]) -> typer.Typer:
    """All of them; `environ` is where keys and addresses are read from, `store` says where the trail is."""
    app = firstmile_open.commands(environ, store)
    for module in (
        firstmile_plan,
        firstmile_brief,
        firstmile_report,
        firstmile_pack,
        firstmile_bring,
        firstmile_fieldwork,
    ):
        module.commands(app, store)
    return app
