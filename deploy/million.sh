#!/usr/bin/env bash
# The million on PostgreSQL: the history and its database are kept together, so that the second run measures at once.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$PWD/.million
if [ -d "$work/pg/data" ]; then
  dsn=$(deploy/pg.sh again "$work/pg")
else
  dsn=$(deploy/pg.sh start "$work/pg")
  deploy/pg.sh createdb "$work/pg" million
fi
trap 'deploy/pg.sh stop "$work/pg"' EXIT
bin/tongban-million --data "$work/postgres" --database "$dsn/million?sslmode=disable"
