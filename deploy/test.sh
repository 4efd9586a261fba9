#!/usr/bin/env bash
# All tests, each stage whether or not the one before failed; the last line counts them all.
set -uo pipefail
cd "$(dirname "$0")/.."
tally=$(mktemp) work=$(mktemp -d)
trap 'deploy/pg.sh stop "$work/pg" 2>/dev/null; rm -rf "$work" "$tally"' EXIT
chmod 755 "$work"
go build -o bin/tally ./deploy/cmd/tally || exit 1

stage() { printf '\n== %s (%d min %02d s)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)); }
count() { echo "$@" >> "$tally"; }

stage "database"
dsn=$(deploy/pg.sh start "$work/pg")
for db in stores road loss outage privacy; do deploy/pg.sh createdb "$work/pg" $db; done

# The contract suites hold devices to their times, which the race detector stretches: they run without it, their drivers' own
# tests run with it.
timed='tongban/(drivers/drivertest|drivers/cmd/drvctl|drivers/all)$'
export TONGBAN_TEST_PG="$dsn/stores?sslmode=disable" TONGBAN_TEST_S3="$PWD/bin/tools/versitygw"

# What asks every operation as every role, reads every cell of the catalogue or spoils every kind of paper runs nothing side by side, and takes a quarter of an
# hour under the race detector: it runs without. So does the one test of the counter that waits for a camera in the camera's own time.
long='^Test(APageIsScanned|EveryOperation|Document(sAreCurrent|AndRoutesAgree)|PermissionsPageIsCurrent|AChangedCellIsOneChange|ExportComesBack|TenPlantedFaults|BadCellsAreNamed|ImportArrivesToBeDrafted|SampleWithThreeBadRows|AHistoryAgainstItsOwnLedger|EveryKindOfPaperVerifies|OverTheYearsEnd$)'

# The race detector watches our own code and what runs it. The database engine (C made into Go), the reading of migrations and the hashing
# of passwords have nothing of ours inside and would be most of the run: they are built without. Tests make much garbage and live
# short: collecting it less often takes another third away.
quick=(-gcflags=modernc.org/...=-race=false -gcflags=github.com/pressly/...=-race=false -gcflags=golang.org/x/crypto/...=-race=false)

stage "Go, with the race detector"
GOGC=400 go test -race "${quick[@]}" -timeout 30m -skip "$long" -json $(go list ./... | grep -Ev "/deploy/e2e/|$timed") | bin/tally -into "$tally"

stage "Go, what is long and alone"
go test -timeout 20m -run "$long" -json ./agent/counter ./central/cmd/tongban-central ./central/modules/catalogue/... ./central/modules/statistics/module ./central/modules/window/internal/app ./central/modules/supervision/module | bin/tally -into "$tally"

stage "driver contracts at their devices' pace"
go test -timeout 20m -json $(go list ./... | grep -E "$timed") | bin/tally -into "$tally"

stage "types of the pages"
for app in kioskui central/console central/public; do
  if (cd $app && npx vue-tsc --noEmit); then count 1 0 0; else count 0 1 0; fi
done

stage "pages"
npx vitest run --config deploy/vitest.config.ts --reporter=default --reporter=json --outputFile="$work/vitest.json"
count "$(jq -r '"\(.numPassedTests) \(.numFailedTests + (.numFailedTestSuites // 0)) \(.numPendingTests)"' "$work/vitest.json" 2>/dev/null || echo 0 1 0)"

stage "the road on SQLite and PostgreSQL, and with every cable pulled"
TONGBAN_BIN=$PWD/bin TONGBAN_ROAD_PG="$dsn/road?sslmode=disable" TONGBAN_LOSS_PG="$dsn/loss?sslmode=disable" \
  TONGBAN_OUTAGE_PG="$dsn/outage?sslmode=disable" \
  TONGBAN_PRIVACY_PG="$dsn/privacy?sslmode=disable" \
  go test -count=1 -timeout 30m -json ./deploy/e2e/... | bin/tally -into "$tally"

stage "browser"
RESULTS="$work/browser.json" deploy/e2e.sh
count "$(jq -r '"\(.stats.expected) \(.stats.unexpected + .stats.flaky) \(.stats.skipped)"' "$work/browser.json" 2>/dev/null || echo 0 1 0)"

read -r passed failed skipped < <(awk '{p+=$1; f+=$2; s+=$3} END {print p, f, s}' "$tally")
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
