#!/usr/bin/env bash
# The drivers against the kernel's own USB stack: Debian's kernel in QEMU without acceleration, the test binary of
# deploy/e2e/usb as its first process; cameras are the kernel's own test camera. What hangs behind a hub hangs at QEMU's own controller,
# hub and serial adapters, whose far ends come back into the machine by channels, as does the hand that plugs them. Needs no USB, no KVM and no network once the packages are there.
#   deploy/usb.sh             installs what is missing (apt, as root) and runs
#   deploy/usb.sh --if-there  says so and ends well where something is missing
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'usb: %s\n' "$*"; }

if [ "$(uname -sm)" != "Linux x86_64" ]; then
  say "skipped: the test machine is x86-64 Linux"
  exit 0
fi
missing=()
for p in qemu-system-x86 kmod cpio busybox-static libusb-1.0-0-dev pkg-config gcc udev; do
  dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
done
cache=$PWD/.cache/usb
kernel=$(ls "$cache"/k/boot/vmlinuz-* 2>/dev/null | head -1 || true)
if [ "${1:-}" = --if-there ] && { [ ${#missing[@]} -gt 0 ] || [ -z "$kernel" ]; }; then
  say "skipped: ${missing[*]:-} ${kernel:-Debian kernel} not there; make usb installs it"
  exit 0
fi
if [ ${#missing[@]} -gt 0 ] || [ -z "$kernel" ]; then
  if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" != 0 ]; then
    say "these Debian packages are missing; run once as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  [ "$(id -u)" != 0 ] || apt-get update -qq
  if [ ${#missing[@]} -gt 0 ]; then
    say "apt: ${missing[*]}"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
fi
if [ -z "$kernel" ]; then
  # The kernel is unpacked and not installed: it is only for the test machine. The cloud kernel has no USB.
  image=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*-amd64\)$/\1/p' | head -1)
  say "kernel: $image"
  mkdir -p "$cache"
  (cd "$cache" && rm -rf k ./*.deb && apt-get download -qq "$image" 2>/dev/null && dpkg -x ./*.deb k && rm -f ./*.deb)
  kernel=$(ls "$cache"/k/boot/vmlinuz-* | head -1)
fi
version=${kernel##*/vmlinuz-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{proc,sys,dev,tmp,mods}
CGO_ENABLED=1 go test -c -tags usbguest -o "$root/init" ./deploy/e2e/usb
cp "$(command -v busybox)" "$root/busybox"
# udev with our rules alone, the group that they give rights to, and the tool that they ask.
mkdir -p "$root"/{bin,run,lib/systemd,etc/udev/rules.d,usr/local/bin}
cp -L /bin/udevadm "$root/bin/udevadm"
ln -s /bin/udevadm "$root/lib/systemd/systemd-udevd"
cp firmware-profiles/60-tongban.rules "$root/etc/udev/rules.d/"
printf 'root:x:0:\ntongban:x:990:\n' > "$root/etc/group"
printf 'root:x:0:0:root:/:/bin/sh\n' > "$root/etc/passwd"
CGO_ENABLED=0 go build -o "$root/usr/local/bin/drvctl" ./drivers/cmd/drvctl
for lib in $(ldd "$root/init" "$root/bin/udevadm" | grep -o '/[^ ]*' | grep -v ':$' | sort -u); do
  mkdir -p "$root$(dirname "$lib")"
  cp -L "$lib" "$root$lib"
done
[ -f "$cache/k/lib/modules/$version/modules.dep" ] || /sbin/depmod -b "$cache/k" "$version"
n=100
for m in virtio_pci virtio_console xhci-pci ftdi_sio vhci-hcd usbhid hid-generic usblp evdev uhid vivid; do
  for ko in $(/sbin/modprobe -d "$cache/k" -S "$version" --show-depends "$m" | sed -n 's/^insmod //p'); do
    ls "$root/mods" | grep -q -- "-$(basename "$ko")$" && continue
    cp "$ko" "$root/mods/$n-$(basename "$ko")"
    n=$((n + 1))
  done
done
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) > "$work/initrd.gz"

# A socket with both ends in QEMU is a channel: one end is what hangs behind an adapter, or QEMU's own monitor, the other a port of the machine.
sockets=(-device qemu-xhci,id=sockets,p2=2,p3=2 -device virtio-serial-pci)
for channel in line0 line1 hand; do
  sockets+=(-chardev "socket,id=$channel,path=$work/$channel,server=on,wait=off" -chardev "socket,id=in-$channel,path=$work/$channel"
    -device "virtserialport,chardev=in-$channel,name=$channel")
done

log=$cache/last.log
start=$(date +%s)
timeout 220 qemu-system-x86_64 -accel tcg -cpu max -m 1024 -smp 1 -nographic -no-reboot -net none \
  "${sockets[@]}" -mon chardev=hand,mode=control \
  -kernel "$kernel" -initrd "$work/initrd.gz" \
  -append "console=ttyS0 quiet panic=-1 init=/init -- -test.v -test.timeout 200s ${USB_ARGS:-}" </dev/null | tr -d '\r' > "$log" || true
if ! grep -q '^USB-GUEST: exit 0$' "$log"; then
  tail -80 "$log" >&2
  say "failed; whole log in $log" >&2
  exit 1
fi
grep -E '^ *--- ' "$log"
say "passed through the kernel's USB stack in $(($(date +%s) - start)) s"
