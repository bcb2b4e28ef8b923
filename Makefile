# What one does with this repository. `make run` and `make test` need Python 3.11+ and make, nothing else.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
WHEELS := .venv/.wheels
RIVALS := build/rivals/.ready
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
LAMBDA := $(addprefix --platform ,manylinux2014_aarch64 manylinux_2_17_aarch64 manylinux_2_28_aarch64 manylinux_2_34_aarch64)
SPACE := $(subst ,, )
OFFLINE := PIP_NO_INDEX=1 PIP_FIND_LINKS="file://$(subst $(SPACE),%20,$(CURDIR))/.venv/wheels"
SOURCES := app.py chalicelib infra tests

.PHONY: run demo test simulate fuzz check bench bench-long format lock package deploy destroy cost clean faq-eval stats

run: $(READY)  ## everything on localhost, until Ctrl-C
	$(BIN)/python -m infra.local

demo: $(READY)  ## a year of 2,000 followers in five minutes, with reactivation and without; DEMO="--people 500 --days 120" for another
	$(BIN)/python -m infra.local.year $(DEMO)

test: $(READY) $(WHEELS)  ## all tests, with coverage
	$(OFFLINE) $(BIN)/python -m tests

simulate: $(READY)  ## every fault in every flow, all pairs, 20,000 random schedules: about an hour on two cores
	$(BIN)/python -m tests.simulation --into docs/reliability.md

fuzz: $(READY)  ## a million hostile callbacks, on all cores: 10 to 30 minutes; FUZZ="--callbacks 50000 --seed 7" for others
	$(BIN)/python -m tests.fuzz $(FUZZ)

check: $(READY)  ## format, lint, types, layers, fast tests
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint infra/stack.yaml
	$(BIN)/python -m pytest -q -n auto --dist worksteal tests/unit

bench: $(READY) $(WHEELS) $(RIVALS)  ## what is promised about speed, measured here, in under five minutes; BENCH="handler cold" for some of it
	$(OFFLINE) PYTHONPATH=build/rivals $(BIN)/python -m tests.bench $(BENCH)

bench-long: $(READY) $(WHEELS) $(RIVALS)  ## the same, long, and written into docs/performance.md
	$(OFFLINE) PYTHONPATH=build/rivals $(BIN)/python -m tests.bench --long --into docs/performance.md $(BENCH)

faq-eval: .venv-eval/.ready  ## the FAQ engine beside others, into docs/faq-figures.md
	.venv-eval/bin/python -m tests.faq_eval

stats: $(READY)  ## whether the reactivation report keeps its word, simulated and written into docs/reactivation.md
	$(BIN)/python -m tests.statistics --into docs/reactivation.md

format: $(READY)
	$(BIN)/ruff check --fix-only $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

package: $(READY)  ## what would be deployed, under build/package
	$(BIN)/python -m infra.deploy --stage dev --package-into build/package

deploy: $(READY)  ## STAGE=dev: the stack, then the functions, then whether they work; SET="LogDays=30" for the stack's parameters, YES=1 to be asked nothing
	$(BIN)/python -m infra.deploy --stage $(STAGE) $(foreach pair,$(SET),--set $(pair)) $(if $(YES),--yes)

destroy: $(READY)  ## STAGE=dev: the functions, then the stack; DELETE_DATA=1 takes the data, too
	$(BIN)/python -m infra.destroy --stage $(STAGE) $(if $(DELETE_DATA),--delete-data)

cost: $(READY)  ## what a million callbacks cost, counted and written into docs/cost.md
	$(BIN)/python -m infra.cost --into docs/cost.md

lock:  ## pin anew: needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate requirements-dev.in -o requirements-dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate requirements-bench.in -o requirements-bench.txt

clean:
	rm -rf .venv build .coverage htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis

# What only the benchmarks compare with: beside the environment, not in it.
$(RIVALS): requirements-bench.txt $(READY)
	$(PIP) install --require-hashes --upgrade --target build/rivals -r requirements-bench.txt
	@touch $(RIVALS)

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

.venv-eval/.ready: requirements.txt requirements-eval.txt
	$(PYTHON) -m venv .venv-eval
	.venv-eval/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements.txt -r requirements-eval.txt
	@touch .venv-eval/.ready
