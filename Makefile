# First Mile: `make run` and `make test` do everything on a fresh machine.
PYTHON ?= python3
PORT ?= 8050
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .setup

.PHONY: run setup test-setup test check format bench pins clean
run: setup
	@PORT=$(PORT) sh scripts/run.sh
setup: $(STAMPS)/runtime $(STAMPS)/browser-parts
$(STAMPS)/runtime: requirements/runtime.txt pyproject.toml
	@mkdir -p $(STAMPS)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
