#!/usr/bin/env bash
# Installs what is missing and nothing else, so that a second run needs no network: Debian packages, npm packages, Go
# modules, fonts. Root is needed only where a Debian package is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }

packages=(chromium xvfb x11-utils xdotool imagemagick libgtk-3-dev libwebkit2gtk-4.1-dev libusb-1.0-0-dev pkg-config gcc
  fonts-noto-cjk poppler-utils postgresql-15 dbus-x11 jq procps haproxy nginx-light libnginx-mod-stream alsa-utils espeak-ng)
missing=()
for p in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
done
if [ ${#missing[@]} -gt 0 ]; then
  say "apt: ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    say "these Debian packages are missing; run once as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  # Packages with a service must not start it here: policy-rc.d is Debian's own way to say so.
  quiet=/usr/sbin/policy-rc.d
  if [ ! -e $quiet ]; then
    printf '#!/bin/sh\nexit 101\n' > $quiet
    chmod 755 $quiet
    trap 'rm -f $quiet' EXIT
  fi
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

mkdir -p .cache
stamp=.cache/npm.sha
want=$(sha256sum package-lock.json package.json kioskui/package.json central/*/package.json deploy/e2e/package.json | sha256sum)
if [ ! -d node_modules ] || [ "$(cat $stamp 2>/dev/null)" != "$want" ]; then
  say "npm ci"
  npm ci --prefer-offline --no-audit --no-fund --loglevel=error
  echo "$want" > $stamp
fi

if [ "$(cat .cache/go.sha 2>/dev/null)" != "$(sha256sum go.sum)" ]; then
  say "go modules"
  go mod download
  sha256sum go.sum > .cache/go.sha
fi

# The S3 server of the tests and of make cluster; our own programs need none of its modules.
if [ "$(cat .cache/s3.sha 2>/dev/null)" != "$(sha256sum deploy/tools/s3/go.sum)" ] || [ ! -x bin/tools/versitygw ]; then
  say "S3 server"
  mkdir -p bin/tools
  (cd deploy/tools/s3 && CGO_ENABLED=0 go build -o ../../../bin/tools/versitygw github.com/versity/versitygw/cmd/versitygw)
  sha256sum deploy/tools/s3/go.sum > .cache/s3.sha
fi

NODE_MODULES=node_modules deploy/tools/fonts.sh
