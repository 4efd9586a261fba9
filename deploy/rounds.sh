#!/usr/bin/env bash
# The fault matrix of every driver, ROUNDS times (100), on emulators and on Debian's own programs; a line for each driver says how soon
# faults were told and devices were back, the last counts. SIDES (3) runs go beside each other: a round waits more than it works, but at its
# beginning it draws what cameras see, so they begin one after the other. The programs of the peers are there once on a machine: one run has
# them all, after the others.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-100} sides=${SIDES:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOGC=800 # who collects garbage takes the processor from a device that answers in time
go build -o bin/tally ./deploy/cmd/tally
go test -c -o "$work/contracts" ./drivers/drivertest
cd drivers/drivertest # the tapes lie beside the test
one='PCSC|SANE'
run() { # name, rounds, flags
  go tool test2json -t -p tongban/drivers/drivertest "$work/contracts" -test.v=test2json -test.short -test.parallel 16 -test.timeout 24h \
    -test.count "$2" -test.run 'Contract/^fault|Contract/.*/^fault' "${@:3}" > "$work/$1.json" || true # what failed is in there
}
for side in $(seq "$sides"); do
  run "side$side" $(((rounds + side - 1) / sides)) -test.skip "$one" &
  sleep 25
done
wait
run peers "$rounds" -test.run "($one).*/^fault|($one).*/.*/^fault"
cd ../..
cat "$work"/*.json | bin/tally -faults
