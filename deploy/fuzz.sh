#!/usr/bin/env bash
# Fuzzes every parser for TIME, AT_ONCE side by side, and prints a line each: what it tried, what it found.
#   TIME=10m  AT_ONCE=2  KEEP=8      inputs kept per parser as seeds of its test, the shortest of those that reached new code
#   deploy/fuzz.sh [pattern]         only parsers whose "folder name" matches
set -euo pipefail
cd "$(dirname "$0")/.."
export TIME=${TIME:-10m} KEEP=${KEEP:-8} GOFLAGS=${GOFLAGS:--mod=readonly}
export work=$PWD/.cache/fuzz
mkdir -p "$work/bin"

# one PACKAGE NAME: its own folder of new inputs, so that what is kept is known to be of this program.
one() {
  local dir=$1 name=$2 id log cache begun status=ok
  id=$(tr / . <<< "$dir")
  log=$work/$id.$name.log cache=$work/inputs/$id
  mkdir -p "$cache"
  begun=$(date +%s)
  (cd "$dir" && "$work/bin/$id" -test.run '^$' -test.fuzz "^$name\$" -test.fuzztime "$TIME" -test.fuzzcachedir "$cache" -test.fuzzminimizetime 2s -test.parallel 1) > "$log" 2>&1 || status="FAILED, see $log"
  printf '%-40s %-24s %12s inputs  %5d s  %5s reached new code  %s\n' "$dir" "$name" \
    "$(grep -o 'execs: [0-9]*' "$log" | tail -1 | cut -c8-)" $(($(date +%s) - begun)) \
    "$(ls "$cache/$name" 2>/dev/null | wc -l)" "$status"
  keep "$dir" "$name" "$cache/$name"
  [ "$status" = ok ]
}

# keep leaves the shortest inputs where go test reads its seeds. A test's own seeds stay as they are written.
keep() { # package name folder
  local into=$1/testdata/fuzz/$2
  [ -d "$3" ] || return 0
  mkdir -p "$into"
  find "$3" -type f -size -2k -printf '%s %p\n' | sort -n | awk -v k="$KEEP" '{a[NR]=$2} END {step = NR > k ? NR/k : 1; for (i = 1; i <= NR; i += step) print a[int(i)]}' |
    xargs -r cp -n -t "$into"
}
export -f one keep

list=$(grep -rn --include='*_test.go' --exclude-dir=node_modules -o '^func Fuzz[A-Za-z0-9]*' . | sed 's|^\./||; s|/[^/]*_test.go:[0-9]*:func | |' | sort -u | grep -E "${1:-.}")
for dir in $(cut -d' ' -f1 <<< "$list" | sort -u); do
  CGO_ENABLED=0 go test -c -fuzz=. -o "$work/bin/$(tr / . <<< "$dir")" "./$dir"
done
echo "$(date +%F) $(git rev-parse --short HEAD) $(go version | cut -d' ' -f3-), $(nproc) processors, ${AT_ONCE:-2} parsers at a time, $TIME each"
xargs -P "${AT_ONCE:-2}" -L 1 bash -c 'one $0 $1' <<< "$list"
