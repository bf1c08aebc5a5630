# The only way in: every task of the course starts here. `make` lists them.
PYTHON ?= python3
VENV   ?= .venv
export VENV GPU

# nbgrader starts `alembic` by name, so the environment's programs must be on PATH.
export PATH := $(abspath $(VENV))/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help env lab test long notebooks proof release grade demo format lock bench \
        proof-security bench-grading

help:  ## list the tasks
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

env:
	@$(PYTHON) tools/environment.py $(NEEDS)

# What these need besides Python's packages is installed too, where that is allowed.
test long: NEEDS = test
grade demo proof proof-security bench-grading: NEEDS = grade

lab: env  ## open the lessons in JupyterLab (first time: installs everything)
	@python -m tools.lab $(LAB_FLAGS)

test: env  ## every test: helpers, grading, lessons, assignments, the proof
	@python -m tools.suite

long: env  ## the long forms: lesson 4 on 60,000 digits, classes of 300 and of 2,000 broken files, the proof with 50 seeds
	@python -m tools.lessons --whole
	@pytest -q --long tests/test_broken_class.py
	@python -m tests.fuzz
	@python -m tests.fuzz --growth
	@python -m tools.proof --seeds 50

proof: env  ## try the checks on hundreds of right and wrong answers, and write docs/proof.md
	@python -m tools.proof --write
	@python -m tools.proof --strangers
	@python -m tools.mutants

notebooks: env  ## execute the lessons and store their outputs
	@python -m tools.notebooks execute

release: env  ## make the student versions from source/ and verify them
	@python -m tools.release

grade: env  ## grade what lies in submitted/: make grade ASSIGNMENT=01_normal_convolution
	@python -m grading $(ASSIGNMENT) $(GRADE_FLAGS)

demo: env  ## make a class of 30 and grade it before your eyes; ends with a report to open
	@python -m grading.example.demo

format: env  ## put code and notebooks in their canonical form
	@python -m tools.notebooks format
	@ruff check --fix --quiet . && ruff format --quiet .

proof-security: env  ## score attacks by stock nbgrader and by this course; writes docs/security.md
	@python -m tools.security --write

bench-grading: env  ## measure grading: stock nbgrader and this course, side by side
	@python -m tools.bench.grading

lock: env  ## resolve pyproject.toml anew into requirements*.txt and environment.yml
	@python -m tools.lock

bench: env  ## measure what the README, lesson 4 and the bounds of assignment 4 state
	@python -m tools.bench.checks
	@python -m tools.bench.thresholds
	@python -m tools.bench.mnist --results .bench_mnist.json
