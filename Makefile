# First Mile. `make run` and `make test` do everything on a fresh machine that has Python 3.11 or later and make.
PYTHON ?= python3
PORT ?= 8050
VENV := .venv
BIN := $(VENV)/bin
WHICH = -m "not thorough"  # tests of half a minute and more are left to test-all
DONE := $(VENV)/.done
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check

.PHONY: run setup test-setup test test-all check format bench docs words pins clean
.NOTPARALLEL:

run: setup  ## Set up, build the demonstration country if there is none, serve it and print the address.
	@PORT=$(PORT) sh scripts/run.sh

setup: $(DONE)/runtime $(DONE)/browser-parts  ## Leave .venv/bin/firstmile; does nothing twice.

test-setup: setup $(DONE)/test $(DONE)/browser  ## What the tests need on top.

test: test-setup check  ## Format, lint, types, tests: what is to stay green, within a quarter of an hour.

test-all: WHICH =
test-all: test  ## The same with the longest journeys and trials too.

check:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	FIRSTMILE_CHROMIUM="$$(cat $(DONE)/browser 2>/dev/null)" $(BIN)/python -m pytest -n 3 --dist loadgroup $(WHICH) --durations=15

format:
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: test-setup  ## CPU seconds and peak memory beside plain geopandas.
	$(BIN)/python -m bench
	$(BIN)/python -m bench.plans
	$(BIN)/python -m bench.briefs
	$(BIN)/python -m bench.answers

docs: setup  ## Write docs/dictionary.md, docs/methods.md and docs/recipes.md from the declarations.
	$(BIN)/python scripts/docs.py

words: setup  ## Bring the catalogues geodata/locales/*.po up to what the product says.
	$(BIN)/python scripts/words.py

pins: test-setup  ## Compile the hashed requirements anew, for every platform and Python from 3.11.
	sh scripts/pins.sh $(BIN)/uv

clean:
	rm -rf $(VENV) node_modules test-output .mypy_cache .ruff_cache .pytest_cache

$(DONE)/venv: scripts/venv.sh
	@PYTHON=$(PYTHON) sh scripts/venv.sh $(VENV)
	@mkdir -p $(DONE) && touch $@

$(DONE)/runtime: $(DONE)/venv requirements/runtime.txt pyproject.toml
	@echo "Setting up the Python packages ..."
	@$(PIP) --require-hashes -r requirements/runtime.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DONE)/test: $(DONE)/runtime requirements/test.txt
	@echo "Setting up what the tests need ..."
	@$(PIP) --require-hashes -r requirements/test.txt
	@touch $@

$(DONE)/browser-parts: $(DONE)/runtime package.json package-lock.json
	@echo "Setting up the browser parts ..."
	@sh scripts/npm.sh ci --ignore-scripts
	@touch $@

$(DONE)/browser: $(DONE)/browser-parts scripts/browser.sh
	@sh scripts/browser.sh > $@.new && mv $@.new $@
