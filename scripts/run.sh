#!/bin/sh
# Serve the demonstration country on the loopback address; build it first where there is none.
set -eu
cd "$(dirname "$0")/.."
atlas=atlases/demo
if [ ! -f "$atlas/manifest.json" ]; then
    .venv/bin/firstmile demo --out "$atlas"
fi
exec .venv/bin/firstmile serve "$atlas" --host 127.0.0.1 --port "${PORT:-8050}" --tier government
