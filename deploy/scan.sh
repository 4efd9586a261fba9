#!/usr/bin/env bash
# Scans what ships for faults of security: gosec, staticcheck, gitleaks, govulncheck. Each finding is clean or explained on its
# own line in the code. The tools are pinned in deploy/tools/scan and built once.
#
# GOVULNDB=file:///folder takes a copy of the vulnerability database; without one the public database is asked, and when that
# cannot be reached the script says that known vulnerabilities were NOT looked for. SCAN_STRICT=1 makes that a failure.
set -uo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/.cache/scan
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
want=$(sha256sum deploy/tools/scan/go.sum)
if [ "$(cat "$tools/.built" 2>/dev/null)" != "$want" ]; then
  echo "scan: building the tools, this takes some minutes once"
  mkdir -p "$tools"
  (cd deploy/tools/scan && go build -o "$tools/" github.com/securego/gosec/v2/cmd/gosec golang.org/x/vuln/cmd/govulncheck \
    honnef.co/go/tools/cmd/staticcheck github.com/zricethezav/gitleaks/v8) || exit 2
  echo "$want" > "$tools/.built"
fi
failed=0
shipped=(./central/... ./fleet/... ./agent/... ./drivers/... ./firmware-profiles/...)

# deploy holds emulators and tests, which never leave this repository; staticcheck and gitleaks read them too.
"$tools/gosec" -quiet -fmt json -out "$out/gosec.json" "${shipped[@]}" 2>/dev/null
go run ./deploy/cmd/unexplained gosec "$out/gosec.json" || failed=1

"$tools/staticcheck" -checks "all,-ST1000,-ST1003,-ST1013,-ST1020,-ST1021,-ST1022" ./... > "$out/staticcheck.txt" 2>&1
go run ./deploy/cmd/unexplained staticcheck "$out/staticcheck.txt" || failed=1

if "$tools/gitleaks" dir . --no-banner --redact --config deploy/tools/scan/gitleaks.toml --report-format json --report-path "$out/leaks.json" >"$out/leaks.txt" 2>&1; then
  echo "gitleaks: no secrets in the tree"
else
  grep -E '"(File|RuleID|StartLine)"' "$out/leaks.json"
  failed=1
fi
if "$tools/gitleaks" git . --no-banner --redact --config deploy/tools/scan/gitleaks.toml >"$out/history.txt" 2>&1; then
  echo "gitleaks: no secrets in the history"
else
  tail -3 "$out/history.txt"
  failed=1
fi

db=${GOVULNDB:-https://vuln.go.dev}
if [ -z "${GOVULNDB:-}" ] && ! curl -fsS -m 8 -o /dev/null "$db/index/db.json"; then
  echo "govulncheck: NOT RUN, the vulnerability database cannot be reached and GOVULNDB names no copy"
  [ -z "${SCAN_STRICT:-}" ] || failed=1
elif "$tools/govulncheck" -db "$db" "${shipped[@]}" > "$out/vuln.txt" 2>&1; then
  echo "govulncheck: no reachable known vulnerability ($db)"
else
  tail -40 "$out/vuln.txt"
  failed=1
fi
exit $failed
