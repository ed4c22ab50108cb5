# make demo     the whole workflow on small synthetic images, to a report, in about five minutes
# make install  the packages alone
# make test     the tests
# make check    style, types, layers, and the workflow's own linter
# make bench    speed, beside how the authors trained and what people would use instead; BENCH=--help
#
# You need Python 3.11 or newer; all other packages go into .venv, at the versions of envs/constraints.txt.

PYTHON ?= python3
CORES ?= $(shell nproc 2>/dev/null || echo 2)
BIN := .venv/bin
INSTALLED := .venv/installed

.PHONY: demo install test check bench clean

demo: $(INSTALLED)
	$(BIN)/snakemake --cores $(CORES) --logger=landcover
	@echo "The report: $(CURDIR)/results/demo/report/index.html"

install: $(INSTALLED)

test: $(INSTALLED)
	$(BIN)/pytest --numprocesses $(CORES) --dist loadfile --no-loadscope-reorder

check: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

bench: $(INSTALLED)
	$(BIN)/pip install --quiet --constraint envs/constraints.txt --editable '.[bench]'
	$(BIN)/python tests/bench $(BENCH)

$(INSTALLED): pyproject.toml envs/constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint envs/constraints.txt --editable '.[dev,slurm,map]'
	@touch $@

clean:
	rm -rf .venv .snakemake results/demo
