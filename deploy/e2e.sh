#!/usr/bin/env bash
# The browser tests against a fresh stack of real processes on free ports.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
bin/tongban-demo --bin bin --data "$work/stack" --json --ready > "$work/stack.json" 2> "$work/demo.log" &
demo=$!
trap 'kill -TERM $demo 2>/dev/null; wait $demo 2>/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 600); do
  [ -s "$work/stack.json" ] && break
  kill -0 $demo 2>/dev/null || { cat "$work/demo.log" >&2; exit 1; }
  sleep 0.1
done
[ -s "$work/stack.json" ] || { echo "the stack did not start" >&2; cat "$work/demo.log" >&2; exit 1; }
TONGBAN_STACK="$work/stack.json" npx playwright test --config deploy/e2e/playwright.config.ts "$@"
