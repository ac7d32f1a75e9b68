#!/bin/sh
# Make the virtual environment, with a Python that is new enough. Usage: venv.sh FOLDER
set -eu
venv=$1
[ -x "$venv/bin/python" ] && exit 0
for python in ${PYTHON:-python3} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        "$python" -m venv "$venv" && exit 0
        # Debian keeps ensurepip in a package of its own.
        rm -rf "$venv"
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
            "$python" -m venv "$venv" && exit 0
        fi
        echo "$python cannot make a virtual environment. Install its venv package (on Debian: apt-get install python3-venv), then try again." >&2
        exit 2
    fi
done
echo "First Mile needs Python 3.11 or later, and found none. Install it, or name it: make PYTHON=/path/to/python3.12 ..." >&2
exit 2
