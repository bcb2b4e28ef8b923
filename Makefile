# What one does with this repository. `make run` and `make test` need Python 3.11+ and make, nothing else.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
WHEELS := .venv/.wheels
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
LAMBDA := $(addprefix --platform ,manylinux2014_aarch64 manylinux_2_17_aarch64 manylinux_2_28_aarch64 manylinux_2_34_aarch64)
SPACE := $(subst ,, )
SOURCES := app.py chalicelib infra tests

.PHONY: run test check format lock package deploy clean

run: $(READY)  ## everything on localhost, until Ctrl-C
	$(BIN)/python -m infra.local

test: $(READY) $(WHEELS)  ## all tests, with coverage
	PIP_NO_INDEX=1 PIP_FIND_LINKS="file://$(subst $(SPACE),%20,$(CURDIR))/.venv/wheels" $(BIN)/python -m tests

check: $(READY)  ## format, lint, types, layers, fast tests: under a minute
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint infra/stack.yaml
	$(BIN)/python -m pytest -q tests/unit

format: $(READY)
	$(BIN)/ruff check --fix-only $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

package: $(READY)  ## what would be deployed, under build/package
	$(BIN)/python -m infra.deploy --stage dev --package-into build/package

deploy: $(READY)  ## STAGE=dev: the stack, then the functions
	$(BIN)/python -m infra.deploy --stage $(STAGE)

lock:  ## pin anew: needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv build .coverage htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(READY): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本：make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $(READY)

# What the package tests build from: the wheels of this machine and of Lambda, fetched now so that tests fetch nothing.
$(WHEELS): requirements.txt $(READY)
	$(PIP) download --require-hashes -r requirements.txt -d .venv/wheels
	$(PIP) download --require-hashes --no-deps --only-binary=:all: $(LAMBDA) -r requirements.txt -d .venv/wheels
	@touch $(WHEELS)
