#!/bin/sh
# Compile the hashed pins. Versions already pinned stay unless UPGRADE=1. Usage: pins.sh UV
set -eu
cd "$(dirname "$0")/.."
compile="$1 pip compile --quiet --generate-hashes --universal --no-emit-index-url --no-header --python-version 3.11"
$compile ${UPGRADE:+--upgrade} requirements/test.in --output-file requirements/test.txt
$compile requirements/runtime.in --constraint requirements/test.txt --output-file requirements/runtime.txt
