# The doors into this project. `make` alone lists them; ARGS is passed on: make run ARGS="--port 9000"

.DEFAULT_GOAL := help
.PHONY: help run demo build test faults fault-disk hostile fuzz fuzz-questions lint format bench setup clean swift missing

ARGS ?=
sources := $(wildcard Sources Tests Benchmarks Fuzz) Package.swift
antinode := .build/release/antinode
# Is there when the server was built, newer than all that it is built from: then nobody waits for the package manager, which
# takes a while to find out that there is nothing to do, and far longer in another environment than the last time.
built := .build/release/antinode.built

run: setup $(built) ## Build and start the server
	$(antinode) serve $(ARGS)

demo: setup $(built) ## Build, and fill a project with a made-up web shop
	$(antinode) demo $(ARGS)

$(built): $(shell find Package.swift Sources 2>/dev/null) $(wildcard Package.resolved) $(if $(wildcard $(antinode)),,missing)
	swift build -c release --product antinode
	@touch $@

build: setup ## Build the server: .build/release/antinode
	swift build -c release --product antinode
	@touch $(built)

test: setup ## Build and run all tests; choose some with ARGS="--filter FunnelFoldTests"
	@tools/setup-tests
	swift build --build-tests
	swift test --skip-build $(ARGS)

faults: build ## Kill the server amid load 200 times, tear its files, harm and remove others; another number with ARGS=20
	@tools/setup-tests
	swift build --build-tests
	ANTINODE_BINARY=$(CURDIR)/$(antinode) KILLS=$(or $(ARGS),200) swift test --skip-build \
		--filter 'SuddenEndTests|HarmTests|EndToEndTests.*CompactionTests'

fault-disk: build ## Fill the disk under the server; needs root, for a small disk in memory
	@tools/setup-tests
	swift build --build-tests
	@mkdir -p .build/fault-disk
	unshare --mount bash -c 'mount -t tmpfs -o size=400m none .build/fault-disk && ANTINODE_BINARY=$(CURDIR)/$(antinode) \
		FAULT_DISK=$(CURDIR)/.build/fault-disk swift test --skip-build --filter FullDiskTests $(ARGS)'

hostile: build ## Honest clients beside hostile ones, for 30 seconds, and their bar; for longer with ARGS=300
	@tools/setup-tests
	swift build --build-tests
	ANTINODE_BINARY=$(CURDIR)/$(antinode) HOSTILE_SECONDS=$(or $(ARGS),30) swift test --skip-build \
		--filter 'HostileLoadTests|bodiesThatNeverEnd|swelling'

fuzz: setup ## Search for bytes that the way in cannot take, for a minute; longer with ARGS="-max_total_time=600"
	@mkdir -p .build-fuzz/corpus
	ANTINODE_FUZZ=1 swift build -c release --scratch-path .build-fuzz --product decoder-fuzz
	SWIFT_BACKTRACE=enable=no .build-fuzz/release/decoder-fuzz -max_total_time=60 -timeout=10 -max_len=4096 \
		-dict=Fuzz/words.dict -artifact_prefix=.build-fuzz/ -print_final_stats=1 $(ARGS) .build-fuzz/corpus Fuzz/Corpus

fuzz-questions: setup ## Ask 20,000 random questions, of which none may end in a 5xx; another number with ARGS=1000
	ANTINODE_TEST_TARGETS=AmplitudeAPITests swift build --build-tests
	ANTINODE_TEST_TARGETS=AmplitudeAPITests QUESTIONS=$(or $(ARGS),20000) swift test --skip-build --filter RandomRequestsTests

lint: swift ## Check that the code is formatted as .swift-format says, and that comments cite rules that are there
	swift format lint --strict --recursive --parallel $(sources)
	@tools/check-docs

format: swift ## Format the code
	swift format --in-place --recursive --parallel $(sources)

bench: build ## Run the benchmarks; choose some with ARGS="--only funnels"
	swift run -c release antinode-bench $(ARGS)

setup: swift ## Install what this machine lacks; quick when that is nothing
	@tools/setup

clean: ## Remove what was built, but not what was downloaded
	rm -rf .build

help: ## List these
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

# Of the binary, though it was built.
missing:

swift:
	@tools/check-swift
