#!/usr/bin/env bash
# A PostgreSQL for tests: `pg.sh start DIR` makes one and prints a DSN without database, `pg.sh stop DIR` ends it, `pg.sh again DIR`
# starts what was stopped, on another port.
# PG_SETTINGS holds further settings ("-c name=value …"), as for a database that need not outlive the machine.
# PostgreSQL refuses to run as root; then it runs as the user that Debian's package made.
set -euo pipefail
what=$1 dir=$2
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
as() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }
case $what in
start | again)
  port=${PGPORT_WANTED:-25432}
  while (exec 3<>/dev/tcp/127.0.0.1/"$port") 2>/dev/null; do port=$((port + 1)); done
  mkdir -p "$dir"
  [ "$(id -u)" != 0 ] || chown postgres "$dir"
  [ "$what" = again ] || as "$bin/initdb" -D "$dir/data" -U tongban -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
  as "$bin/pg_ctl" -D "$dir/data" -s -w -l "$dir/log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=200 ${PG_SETTINGS:-}" start >/dev/null
  echo "$port" > "$dir/port"
  echo "postgres://tongban@127.0.0.1:$port"
  ;;
createdb) as "$bin/createdb" -h 127.0.0.1 -p "$(cat "$dir/port")" -U tongban "$3" ;;
stop) as "$bin/pg_ctl" -D "$dir/data" -s -m immediate stop >/dev/null || true ;;
esac
