"""The replayed services as a process of its own, to play with the commands: `python -m tests.replay`.

It prints a settings file; in another terminal:

    FIRSTMILE_SETTINGS=/tmp/replay.toml FIRSTMILE_CACHE=/tmp/replay-cache firstmile country XQA --out /tmp/xqa

`--fault SERVICE:KIND` switches a fault on for all its answers (`Replay.fault` lists them), such as `osm:html`.
"""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path

from etl.connect import Connector
from geodata.declare import found
from tests.replay import land
from tests.replay.server import Replay

KEYS = {"giga_maps": "replay.giga#location*1_a", "opencellid": "pk.replay-cells-0123456789"}


def settings_text(replay: Replay, keys: dict[str, str]) -> str:
    """A settings file that sends every service's questions here."""
    lines = []
    for name in sorted(set(replay.routes) & set(found(Connector, "etl.sources"))):
        lines += [f"[{name}]", f'base = "{replay.url(name)}"', *([f'key = "{keys[name]}"'] if name in keys else []), ""]
    return "\n".join(lines)


def main() -> None:
    """Serve until Ctrl-C."""
    words = argparse.ArgumentParser(prog="python -m tests.replay", description=(__doc__ or "").splitlines()[0])
    words.add_argument("--settings", type=Path, default=Path("/tmp/replay.toml"), help="the settings file to write")
    words.add_argument("--port", type=int, default=0, help="0: any free port")
    words.add_argument("--keys", action="store_true", help="write the keys that the services take, too")
    words.add_argument("--fault", action="append", default=[], metavar="SERVICE:KIND")
    given = words.parse_args()
    with Replay(land, port=given.port) as replay:
        for fault in given.fault:
            service, _, kind = fault.partition(":")
            replay.fault(service, kind)
        given.settings.write_text(settings_text(replay, KEYS if given.keys else {}))
        given.settings.chmod(0o600)
        sys.stdout.write(f"The services of {land.NAME} ({land.ISO3}); Ctrl-C ends them. In another terminal:\n")
        sys.stdout.write(f"export FIRSTMILE_SETTINGS={given.settings}\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            given.settings.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
