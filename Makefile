# Tongban 通办. One runner, few verbs: `make demo` starts the whole product, `make test` proves it; each installs what it
# needs on a fresh Debian 12 with Go, Node, make and root, and works again without a network.

SHELL := /bin/bash
export GOFLAGS ?= -mod=readonly
export GOTOOLCHAIN := local
TAGS := webkit2_41
BINARIES := bin/tongban-central bin/tongban-agent bin/drvctl bin/fleetsim bin/tongban-sim

.PHONY: demo cluster test race check smoke cross soak fuzz forty usb peers drill bench bench-million bench-clerks build setup ui gen fmt lint scan e2e go-test clean help

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

setup: ## install what is missing (apt, npm, Go modules, fonts); does nothing when all is there
	@deploy/setup.sh

demo: build ## the whole product on this machine with emulated devices, until Ctrl-C
	bin/tongban-demo --bin bin --data .demo

cluster: build ## three copies, three brokers, PostgreSQL, an S3 store and a proxy on this machine, until Ctrl-C
	bin/tongban-cluster --bin bin --data .demo-cluster

test: build ## every test: house, Go (SQLite and PostgreSQL), pages, browser, window, loss
	@deploy/test.sh

race: build ## every Go test under the race detector; longer than make test takes for all
	@deploy/test.sh race

check: gen fmt lint test ## what "done" means
	git diff --exit-code

smoke: build ## one matter through the same calls that the screen makes, one JSON line
	@bin/tongban-smoke --bin bin

ROUNDS ?= 100
soak: build ## the long runs: loss, cluster, kills around printing, cables pulled, the faults of every driver ROUNDS times; one line of numbers each
	SOAK=1 TONGBAN_BIN=$$PWD/bin go test -count=1 -timeout 60m -v -run 'Loss' ./deploy/e2e/loss/...
	SOAK=1 TONGBAN_BIN=$$PWD/bin go test -count=1 -timeout 60m -v ./deploy/e2e/cluster/...
	SOAK=1 go test -count=1 -timeout 60m -v -run 'TestKills' ./agent/journal
	SOAK=1 go test -count=1 -timeout 60m -v -run 'TestReplugs|TestMemoryStaysFlat' ./agent/devices
	ROUNDS=$(ROUNDS) deploy/rounds.sh

cross: setup ## the agent without its window and drvctl for Linux amd64 and arm64, with and without cgo, and Windows, each at a terminal's work here (qemu user mode, wine)
	@deploy/cross.sh

forty: build ## a morning at one window: forty numbers in a row by keyboard, in a real browser; one line of numbers
	FORTY=40 deploy/e2e.sh forty

fuzz: setup ## every parser for TIME (10m), AT_ONCE (2) side by side; a line each, the inputs that reached new code are kept as seeds
	@deploy/fuzz.sh

usb: ## the drivers through the kernel's own USB stack, in an emulated machine; installs QEMU and fetches Debian's kernel once
	@deploy/usb.sh

peers: ## the drivers that have a real program of Debian to talk to, alone: pcscd with vsmartcard-vpcd (as root), sane-utils; part of make test
	go test -count=1 -v -parallel 8 -timeout 5m -run 'PCSC|SANE' ./drivers/drivertest

drill: build ## a centre is destroyed and restored from its backup, on both databases; one JSON line each
	@deploy/drill.sh

bench: build ## budgets, each beside its control in the same run
	@deploy/bench.sh

bench-million: build ## lists and boards on a million made-up cases, SQLite and PostgreSQL, each beside its raw query; the history is kept in .million
	bin/tongban-million --data .million/sqlite
	@deploy/million.sh

bench-clerks: build ## five hundred clerks with 2,500 open consoles for five minutes on PostgreSQL, beside a bare handler
	@deploy/clerks.sh

build: setup ui ## all programs into bin/
	@mkdir -p bin
	CGO_ENABLED=0 go build -o bin/ ./central/cmd/tongban-central ./drivers/cmd/drvctl ./fleet/cmd/fleetsim ./deploy/sim/cmd/tongban-sim ./deploy/cmd/tongban-demo ./deploy/cmd/tongban-smoke ./deploy/cmd/tongban-cluster ./deploy/cmd/tongban-million ./deploy/cmd/tongban-clerks
	CGO_ENABLED=0 go build -tags testhooks -o bin/test/ ./central/cmd/tongban-central ./agent
	go build -tags desktop,production,$(TAGS) -o bin/tongban-agent ./agent

ui: setup ## the pages that the programs carry
	@deploy/ui.sh

gen: setup ## everything that is printed from code
	@deploy/gen.sh

fmt: setup ## format
	gofmt -w $$(git ls-files '*.go')

lint: setup ## golangci-lint and the pages' type check
	go tool -modfile=deploy/tools/go.mod golangci-lint run ./...
	npm run check --workspaces --if-present

scan: setup ## gosec, staticcheck, gitleaks, govulncheck; each exception is explained in code
	@deploy/scan.sh

e2e: build ## only the browser tests
	@deploy/e2e.sh

clean: ## forget what was built
	rm -rf bin .demo .demo-cluster .cache kioskui/dist/* central/console/dist/* central/public/dist/*
