#!/usr/bin/env bash
# All tests, each stage whether or not the one before failed; the last line counts them all. `test.sh race` stops after the Go tests.
set -uo pipefail
cd "$(dirname "$0")/.."
tally=$(mktemp) failures=$(mktemp) work=$(mktemp -d)
trap 'deploy/pg.sh stop "$work/pg" 2>/dev/null; rm -rf "$work" "$tally" "$failures"' EXIT
chmod 755 "$work"
go build -o bin/tally ./deploy/cmd/tally || exit 1

stage() { printf '\n== %s (%d min %02d s)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)); }
count() { echo "$@" >> "$tally"; }
finish() { # what failed is said again here: an hour's output is too long to look for it
  if [ -s "$failures" ]; then stage "what failed, again" && head -c 20000 "$failures"; fi
  read -r passed failed skipped < <(awk '{p+=$1; f+=$2; s+=$3} END {print p, f, s}' "$tally")
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ]
  exit
}

stage "database"
dsn=$(PG_SETTINGS="-c fsync=off -c full_page_writes=off" deploy/pg.sh start "$work/pg") # it ends with the run
for db in stores road loss outage privacy; do deploy/pg.sh createdb "$work/pg" $db; done

# The contract suites hold devices to their times, which the race detector stretches: they run without it, their drivers' own
# tests run with it.
timed='tongban/(drivers/drivertest|drivers/cmd/drvctl|drivers/all)$'
export TONGBAN_TEST_PG="$dsn/stores?sslmode=disable" TONGBAN_TEST_S3="$PWD/bin/tools/versitygw"

# The race detector watches what runs side by side: the kernel, the fleet, the agent, the drivers (less what counts pixels or reads
# files alone); make race watches all. It makes a test five times slower, and most where there is nothing of ours to find: the database
# engine (C made into Go), the hashing of passwords and the coding of pictures are built without it. (Never so a package that shares
# sync.Map or atomic pointers with others: the detector would not see what they order.)
quick=()
for p in modernc.org/sqlite/lib modernc.org/libc golang.org/x/crypto/argon2 golang.org/x/crypto/blake2b \
  image image/draw image/jpeg image/png compress/flate; do
  quick+=("-gcflags=$p=-race=false")
done
# Tests make much garbage and live short; half of what a package does is waiting, so three run on two processors.
gotest() { GOGC=400 go test -p 3 -json "$@" | bin/tally -into "$tally" -failed "$failures"; }

# What asks every operation as every role, forges a record a thousand times or waits for a camera in the camera's own time is too slow
# for the race detector.
slow='^Test(APageIsScanned|WhatCamerasSee.*|WhatIsWrongWithACamera|CameraSettings.*|CamerasTake.*|AThousandMutationsAreFound|EveryOperation|Document(sAreCurrent|AndRoutesAgree)|PermissionsPageIsCurrent)$'

all=$(go list ./... | grep -v /deploy/e2e/)
if [ "${1:-}" = race ]; then
  stage "Go, everything with the race detector"
  gotest -race "${quick[@]}" -timeout 60m -skip "$slow" $(grep -Ev "$timed" <<< "$all")
  finish
fi
alone='^tongban/(central/(modules|cmd)/|central/kernel/paper|drivers/(scanner/page|camera/face|fingerprint/(minutiae|match))|deploy/(agreement|house|sim/camera))'
stage "Go, what runs side by side, with the race detector"
gotest -race "${quick[@]}" -timeout 10m -skip "$slow" $(grep -Ev "$timed|$alone" <<< "$all")

stage "Go, the business modules and what works alone" # without cgo, as the product is: it has compiled most of this already
CGO_ENABLED=0 gotest -timeout 30m $(grep -E "$alone" <<< "$all")
CGO_ENABLED=0 gotest -timeout 5m -run "$slow" ./agent/counter ./agent/web ./central/kernel/audit

stage "driver contracts at their devices' pace, beside what follows: they wait, and hardly ask for a processor"
go test -parallel 16 -timeout 20m -json $(grep -E "$timed" <<< "$all") | bin/tally -faults -into "$tally" -failed "$failures" > "$work/contracts.log" &
contracts=$!

stage "types of the pages" # behind the contracts, which are held to their times
for app in kioskui central/console central/public; do
  if (cd $app && nice npx vue-tsc --noEmit); then count 1 0 0; else count 0 1 0; fi
done

stage "pages"
nice npx vitest run --config deploy/vitest.config.ts --reporter=default --reporter=json --outputFile="$work/vitest.json"
jq -r '.testResults[].assertionResults[]? | select(.status == "failed") | .fullName, .failureMessages[]' "$work/vitest.json" >> "$failures"
count "$(jq -r '"\(.numPassedTests) \(.numFailedTests + (.numFailedTestSuites // 0)) \(.numPendingTests)"' "$work/vitest.json" 2>/dev/null || echo 0 1 0)"

wait $contracts
cat "$work/contracts.log"

stage "the road on SQLite and PostgreSQL, and with every cable pulled, one after the other: each has a whole product running"
TONGBAN_BIN=$PWD/bin TONGBAN_ROAD_PG="$dsn/road?sslmode=disable" TONGBAN_LOSS_PG="$dsn/loss?sslmode=disable" \
  TONGBAN_OUTAGE_PG="$dsn/outage?sslmode=disable" \
  TONGBAN_PRIVACY_PG="$dsn/privacy?sslmode=disable" CGO_ENABLED=0 \
  go test -p 1 -count=1 -timeout 30m -json ./deploy/e2e/... | bin/tally -into "$tally" -failed "$failures"

stage "browser"
RESULTS="$work/browser.json" deploy/e2e.sh
jq -r '.. | objects | select(.ok == false) | .title, (.tests[].results[].errors[].message)' "$work/browser.json" >> "$failures"
count "$(jq -r '"\(.stats.expected) \(.stats.unexpected + .stats.flaky) \(.stats.skipped)"' "$work/browser.json" 2>/dev/null || echo 0 1 0)"

finish
