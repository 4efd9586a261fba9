#!/usr/bin/env bash
# Builds the agent without its window and drvctl for every machine that a terminal may be, into bin/cross, and lets each
# build do a terminal's work here (deploy/e2e/foreign): arm64 in qemu's user mode, Windows in wine. Without cgo nothing of
# libusb is in a program; serial lines, the network, HID and the keyboard are.
#   deploy/cross.sh             installs what is missing (apt, as root), builds and starts
#   deploy/cross.sh --if-there  builds, and starts what can start here without installing anything
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'cross: %s\n' "$*"; }
programs=(./drivers/cmd/drvctl ./agent)
usb=github.com/google/gousb
cc=aarch64-linux-gnu-gcc
cache=$PWD/.cache/cross
root=$cache/arm64
wine=/usr/lib/wine/wine64

# fetch installs Debian's packages, and unpacks those of arm64 into a folder of their own: they are for the linker and for
# qemu, and the packages of this machine stay as they are.
fetch() {
  local missing=() p
  for p in qemu-user-static gcc-aarch64-linux-gnu libc6-dev-arm64-cross wine64 binutils-mingw-w64-x86-64 libusb-1.0-0-dev pkg-config gcc; do
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -gt 0 ] || [ ! -e "$root/done" ] || return 0
  if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ]; then
      say "these Debian packages are missing; run once as root: apt-get install ${missing[*]}" >&2
      exit 1
    fi
    say "apt: ${missing[*]}"
    apt-get -o DPkg::Lock::Timeout=300 update -qq
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
  fi
  [ ! -e "$root/done" ] || return 0
  say "libraries of arm64 into $root"
  rm -rf "$root" "$cache/apt"
  mkdir -p "$root" "$cache"/apt/{lists/partial,archives/partial}
  : > "$cache/apt/status"
  local apt=(apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State::Lists=$cache/apt/lists" -o "Dir::State::status=$cache/apt/status"
    -o "Dir::Cache=$cache/apt" -o APT::Sandbox::User=root -o Debug::NoLocking=1)
  "${apt[@]}" update
  (cd "$cache/apt" && "${apt[@]}" download libc6 libgcc-s1 libusb-1.0-0 libusb-1.0-0-dev libudev1 libcap2 && for p in *.deb; do dpkg -x "$p" "$root"; done)
  rm -rf "$cache/apt"
  # The .pc file names the folders of a machine; the linker needs those of this root.
  sed "s,^prefix=.*,prefix=$root/usr," "$root/usr/lib/aarch64-linux-gnu/pkgconfig/libusb-1.0.pc" > "$root/libusb-1.0.pc"
  touch "$root/done"
}

# shim gives wine the one call that the Go runtime asks of Windows and that Debian's wine does not have: random bytes,
# from the older call that wine does have.
shim() { # prefix
  local d=$1/drive_c/windows/system32 w=$cache/shim t=x86_64-w64-mingw32
  if [ ! -d "$d" ]; then
    mkdir -p "$1"
    "$wine" cmd /c exit > /dev/null 2>&1 || true
  fi
  [ ! -e "$d/bcryptprimitives.dll" ] || return 0
  mkdir -p "$w"
  "$t-as" -o "$w/prng.o" - <<'ASM'
	.text
	.globl ProcessPrng, DllMain
ProcessPrng:
	subq $40, %rsp
	call *__imp_SystemFunction036(%rip)
	movl $1, %eax
	addq $40, %rsp
	ret
DllMain:
	movl $1, %eax
	ret
ASM
  printf 'LIBRARY advapi32.dll\nEXPORTS\nSystemFunction036\n' > "$w/advapi32.def"
  printf 'LIBRARY bcryptprimitives.dll\nEXPORTS\nProcessPrng\n' > "$w/prng.def"
  "$t-dlltool" -d "$w/advapi32.def" -l "$w/libadvapi32.a"
  "$t-ld" -shared -e DllMain -o "$d/bcryptprimitives.dll" "$w/prng.o" "$w/prng.def" "$w/libadvapi32.a"
}

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

build() ( # os arch cgo libusb
  export GOOS=$1 GOARCH=$2 CGO_ENABLED=$3
  name=$1-$2 ext=
  [ "$3" = 0 ] || name+=-cgo
  [ "$1" != windows ] || ext=.exe
  drives "$4"
  mkdir -p "bin/cross/$name"
  rm -f "bin/cross/$name"/*
  go build -trimpath -o "bin/cross/$name/drvctl$ext" ./drivers/cmd/drvctl
  go build -trimpath -o "bin/cross/$name/tongban-agent$ext" ./agent
  say "$name: built, $([ "$4" = yes ] && echo "USB by libusb" || echo "no libusb")"
)

# start lets the programs of a build work; all builds know the same drivers.
start() { # name runner…
  local name=$1 ext= list began=$SECONDS
  shift
  [ "${name#windows}" = "$name" ] || ext=.exe
  "$@" "bin/cross/$name/tongban-agent$ext" version > /dev/null
  list=$("$@" "bin/cross/$name/drvctl$ext" list | tr -d '\r')
  [ -n "${drivers:-}" ] || drivers=$list
  [ "$list" = "$drivers" ] || { say "$name knows other drivers: $list" >&2; exit 1; }
  "$@" "bin/cross/$name/drvctl$ext" ports > /dev/null
  TONGBAN_FOREIGN=$PWD/bin/cross/$name TONGBAN_RUNNER="$*" "$cache/foreign.test" -test.v > "$cache/$name.log" 2>&1 || { cat "$cache/$name.log" >&2; say "$name: failed" >&2; exit 1; }
  grep -E '^ *--- ' "$cache/$name.log"
  say "$name: $(wc -l <<< "$list") drivers; a card, a slip, pages, a picture, the terminal's program: $((SECONDS - began)) s"
}

mkdir -p "$cache"
[ "${1:-}" = --if-there ] || fetch
CGO_ENABLED=0 go test -c -o "$cache/foreign.test" ./deploy/e2e/foreign
build linux amd64 0 no
start linux-amd64
build linux amd64 1 yes
start linux-amd64-cgo
build linux arm64 0 no
arm=$(command -v qemu-aarch64-static || command -v qemu-aarch64 || true)
if [ -n "$arm" ]; then
  start linux-arm64 "$arm"
else
  say "linux-arm64: not started here, no qemu-user"
fi
if ! command -v "$cc" > /dev/null || [ ! -e "$root/done" ]; then
  say "linux-arm64-cgo: not built here, $cc or the libraries of arm64 are missing"
else
  CC=$cc PKG_CONFIG_LIBDIR=$root CGO_LDFLAGS="-L$root/usr/lib/aarch64-linux-gnu -Wl,-rpath-link,$root/usr/lib/aarch64-linux-gnu:$root/lib/aarch64-linux-gnu" build linux arm64 1 yes
  if [ -n "$arm" ]; then start linux-arm64-cgo "$arm" -L "$root"; fi
fi
build windows amd64 0 no
if [ -x "$wine" ] && command -v x86_64-w64-mingw32-ld > /dev/null; then
  export WINEPREFIX=$cache/wine WINEDEBUG=-all
  shim "$WINEPREFIX"
  start windows-amd64 "$wine"
else
  say "windows-amd64: not started here, no wine"
fi
