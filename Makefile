# The commands of the README. They install into .venv and .local, which `make clean` removes.
PYTHON ?= python3
TYPE ?= identity.verification_session.verified
EVENTS ?= 100000

VENV := .venv/bin
CHECKED := $(VENV)/python -m tools.checked
MYPY_READS := pyproject.toml requirements
SELECTED := not server
DOMAIN := tests/domain tests/examples tests/papers tests/support
CODE := layers functions local tools tests bench examples docs/peers
export PYTHONPATH := layers/countersign
export SAM_CLI_TELEMETRY := 0
# Bytecode is kept even where that is switched off: each of these tools then starts in half the time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup browser node bundle run test looks domain front-door check generated format types template openapi scripts papers rules bench soak faults event-webhook lock logs reconcile replay republish clean

help: ## list the commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 24

setup:
	@$(PYTHON) -m local.setup

browser: setup
	@$(VENV)/python -m local.browser

node: setup
	@$(VENV)/python -m local.node

bundle: setup
	@$(VENV)/python -m local.build

run: setup ## serve the bundle on this machine, at http://localhost:8000
	@exec $(VENV)/python -m local

reconcile: setup ## ask Stripe for what was missed: FROM=-1h TO=now, or times; the last day if none
	@$(VENV)/python -m local.reconcile "$(FROM)" "$(TO)"

logs: ## print what the functions wrote in the last hour
	@$(VENV)/python -m local.logs

replay: ## publish the changes that were put aside, once their reason is mended
	@$(VENV)/python -m local.tell_again replay

republish: ## publish the present state of every item: TABLE=identity for one table's
	@$(VENV)/python -m local.tell_again republish $(TABLE)

test: setup browser node bundle ## run every test, also in a browser
	@$(VENV)/python -m tests.lanes

looks: export SCREENSHOTS := 1
looks: setup browser node bundle ## look at every page in every language: .local/screenshots
	@$(VENV)/python -m pytest -m server tests/browser -k "fit or fits or looks or says_what or refusal"

# Two plain runs side by side, each of which reads its own half, take three quarters of the time that
# one run with two workers takes. One half is the package and the papers, the other the functions.
domain:
	@$(VENV)/python -m pytest -m "$(SELECTED)" $(DOMAIN)

front-door:
	@$(VENV)/python -m pytest -m "$(SELECTED)" $(addprefix --ignore ,$(DOMAIN))

check: export HYPOTHESIS_PROFILE := brief
check: setup ## the quick loop: what needs no server, with the first cases of what has thousands
	@$(MAKE) --no-print-directory --jobs 2 SELECTED="not server and not exhaustive" \
	  front-door domain template types format

generated: setup ## check what is generated, and the papers, as `make check` does among its tests
	@$(VENV)/python -m tools.openapi --check
	@$(VENV)/python -m tools.rule_schema --check
	@$(VENV)/python -m tools.event_schemas --check
	@$(VENV)/python -m tools.scripts --check
	@$(VENV)/python -m tools.papers --check

format:
	@$(VENV)/ruff format --check --quiet $(CODE)
	@$(VENV)/ruff check --quiet $(CODE)

# Each check is run again only if something that it reads has changed.
types:
	@$(CHECKED) types layers local tools bench docs/peers tests/support $(MYPY_READS) -- \
	  $(VENV)/mypy layers/countersign/countersign local tools bench docs/peers
	@$(CHECKED) types-verified_mail examples/verified_mail $(MYPY_READS) -- \
	  $(VENV)/mypy examples/verified_mail/app.py
	@for function in functions/*/; do \
	  $(CHECKED) types-$$(basename $$function) layers $$function $(MYPY_READS) -- \
	    env MYPYPATH=layers/countersign:$$function $(VENV)/mypy $$function*.py || exit 1; \
	done

# cfn-lint translates the template as SAM does; `make test` deploys it.
template:
	@$(CHECKED) template template.yaml examples/verified_mail/template.yaml requirements/sam.txt -- \
	  .local/sam/bin/cfn-lint template.yaml examples/verified_mail/template.yaml

openapi: setup ## regenerate the OpenAPI document, the rules' and the events' schemas
	@$(VENV)/python -m tools.openapi
	@$(VENV)/python -m tools.rule_schema
	@$(VENV)/python -m tools.event_schemas

scripts: setup node ## write client.js and the scripts of the pages, each in one file, from web/
	@$(VENV)/python -m tools.scripts

papers: setup ## write docs/errors.md and docs/configuration.md, and check all papers
	@$(VENV)/python -m tools.papers

rules: setup ## print the step-up rules as a table: PAYMENT='{"amount": 1099, "currency": "eur"}'
	@$(VENV)/python -m tools.rules $(if $(PAYMENT),'$(PAYMENT)')

bench: setup node bundle ## measure, each beside a peer or a floor: ONLY="spc webhook" for some
	@$(VENV)/python -m bench $(ONLY)

soak: setup bundle ## deliver events in any order, and take payments any way: EVENTS=100000
	@$(VENV)/python -m bench.soak --events $(EVENTS) $(if $(SEED),--seed $(SEED)) $(if $(PAPERS),--papers)
	@RACES=100 WALKS=2000 SEED=$(or $(SEED),$$RANDOM$$$$) $(VENV)/python -m pytest -q \
	  tests/domain/payments/test_races.py tests/domain/payments/test_walks.py
	@STACK_WALKS=8 SEED=$(or $(SEED),$$RANDOM$$$$) $(VENV)/python -m pytest -q tests/stack/test_payment_walks.py

faults: setup bundle ## let everything fail that can, on the deployed stack: SEED=..., ONLY=<part of a name>
	@$(VENV)/python -m tests.faults $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only '$(ONLY)')

event-webhook: ## print a freshly signed webhook: TYPE=..., ID=vs_... or acct_...
	@$(PYTHON) -m local.setup >&2
	@$(VENV)/python -m tools.signed_event $(TYPE) $(ID)

lock: setup ## resolve requirements/*.in again
	@for list in requirements/*.in layers/countersign/requirements.in; do \
	  $(VENV)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	    --python-version 3.11 $$list -o $${list%.in}.txt || exit 1; \
	done

clean: ## remove everything that these commands made
	rm -rf .venv .local .aws-sam .hypothesis .mypy_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
