#!/usr/bin/env bash
# Builds the agent without its window and drvctl for every machine that a terminal may be, into bin/cross, and starts what
# can start here. Without cgo nothing of libusb is in a program; serial lines, the network, HID and the keyboard are.
#   CROSS_CC, CROSS_PKG_CONFIG   the arm64 compiler and the folder of libusb's .pc file for it, where they are not Debian's
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'cross: %s\n' "$*"; }
programs=(./drivers/cmd/drvctl ./agent)
usb=github.com/google/gousb
cc=${CROSS_CC:-aarch64-linux-gnu-gcc}
pc=${CROSS_PKG_CONFIG:-/usr/lib/aarch64-linux-gnu/pkgconfig}

# drives says whether a build holds libusb exactly where it should, and the ways to a device that need no cgo.
drives() { # want
  local deps
  deps=$(go list -deps "${programs[@]}")
  if grep -qx "$usb" <<< "$deps"; then have=yes; else have=no; fi
  [ "$have" = "$1" ] || { say "$GOOS/$GOARCH cgo=$CGO_ENABLED: libusb inside: $have, want $1" >&2; exit 1; }
  for p in go.bug.st/serial tongban/drivers/hal tongban/drivers/hal/hid tongban/drivers/hal/keys net/http; do
    grep -qx "$p" <<< "$deps" || { say "$GOOS/$GOARCH: $p is missing" >&2; exit 1; }
  done
}

build() { # os arch cgo libusb
  export GOOS=$1 GOARCH=$2 CGO_ENABLED=$3
  local name=$1-$2 ext=
  [ "$3" = 0 ] || name+=-cgo
  [ "$1" != windows ] || ext=.exe
  drives "$4"
  mkdir -p "bin/cross/$name"
  go build -trimpath -o "bin/cross/$name/drvctl$ext" ./drivers/cmd/drvctl
  go build -trimpath -o "bin/cross/$name/tongban-agent$ext" ./agent
  say "$name: built, $([ "$4" = yes ] && echo "USB by libusb" || echo "no libusb")"
}

# start runs the programs of a build; all builds know the same drivers.
start() { # name runner…
  local name=$1 list
  shift
  "$@" "bin/cross/$name/tongban-agent" version > /dev/null
  list=$("$@" "bin/cross/$name/drvctl" list)
  [ -n "${drivers:-}" ] || drivers=$list
  [ "$list" = "$drivers" ] || { say "$name knows other drivers: $list" >&2; exit 1; }
  "$@" "bin/cross/$name/drvctl" ports > /dev/null
  say "$name: started, $(wc -l <<< "$list") drivers"
}

build linux amd64 0 no
start linux-amd64
build linux amd64 1 yes
start linux-amd64-cgo
build linux arm64 0 no
arm=$(command -v qemu-aarch64-static || command -v qemu-aarch64 || true)
if [ -n "$arm" ]; then
  start linux-arm64 "$arm"
else
  say "linux-arm64: not started here, no qemu-user (apt-get install qemu-user-static)"
fi
if ! command -v "$cc" > /dev/null || [ ! -e "$pc/libusb-1.0.pc" ]; then
  say "linux-arm64-cgo: skipped, $cc or libusb for arm64 is missing (dpkg --add-architecture arm64; apt-get install gcc-aarch64-linux-gnu libusb-1.0-0-dev:arm64)"
else
  CC=$cc PKG_CONFIG_LIBDIR=$pc build linux arm64 1 yes
  if [ -n "$arm" ] && [ -n "${CROSS_ROOT:-}" ]; then
    start linux-arm64-cgo "$arm" -L "$CROSS_ROOT"
  else
    say "linux-arm64-cgo: not started here, it needs qemu-user and the libraries of arm64 (CROSS_ROOT=folder)"
  fi
fi
build windows amd64 0 no
if command -v wine64 > /dev/null; then
  drivers=$(tr -d '\r' <<< "$drivers")
  start windows-amd64 wine64
else
  say "windows-amd64: not started here, no wine"
fi
