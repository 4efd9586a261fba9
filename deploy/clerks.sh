#!/usr/bin/env bash
# Five hundred clerks on a PostgreSQL of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
chmod 755 "$work"
trap 'deploy/pg.sh stop "$work/pg" 2>/dev/null; rm -rf "$work"' EXIT
dsn=$(deploy/pg.sh start "$work/pg")
deploy/pg.sh createdb "$work/pg" clerks
bin/tongban-clerks --database "$dsn/clerks?sslmode=disable" "$@"
