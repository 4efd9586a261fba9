#!/usr/bin/env bash
# The rehearsal of a restore on both databases, one JSON line each.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
chmod 755 "$work"
trap 'deploy/pg.sh stop "$work/pg" 2>/dev/null; rm -rf "$work"' EXIT
go build -o bin/tongban-drill ./deploy/cmd/tongban-drill
bin/tongban-drill --bin bin "$@"
dsn=$(PGPORT_WANTED=25532 deploy/pg.sh start "$work/pg")
deploy/pg.sh createdb "$work/pg" drill
bin/tongban-drill --bin bin --database "$dsn/drill?sslmode=disable" "$@"
