#!/bin/sh
# Copies the CJK fonts the programs embed out of node_modules, so that 60 MB of fonts stay out of git.
#
#   deploy/tools/fonts.sh            serif 400 and 700 → central/kernel/paper/fonts, sans 400 and 700 → agent/slip/fonts
#   deploy/tools/fonts.sh serif|sans one of the two
#
# NODE_MODULES names another node_modules folder. A font that is already there with the same size is left alone.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
modules=${NODE_MODULES:-$root/node_modules}/@expo-google-fonts

put() { # put <package> <weight folder> <file> <target folder>
	from="$modules/$1/$2/$3.ttf"
	to="$root/$4/$3.ttf"
	if [ ! -f "$from" ]; then
		echo "fonts.sh: $from is missing: run npm ci first" >&2
		exit 1
	fi
	if [ -f "$to" ] && [ "$(wc -c <"$from")" = "$(wc -c <"$to")" ]; then
		return
	fi
	mkdir -p "$root/$4"
	cp "$from" "$to.part"
	mv "$to.part" "$to"
	echo "fonts.sh: $4/$3.ttf"
}

serif() {
	put noto-serif-sc 400Regular NotoSerifSC_400Regular central/kernel/paper/fonts
	put noto-serif-sc 700Bold NotoSerifSC_700Bold central/kernel/paper/fonts
}

sans() {
	put noto-sans-sc 400Regular NotoSansSC_400Regular agent/slip/fonts
	put noto-sans-sc 700Bold NotoSansSC_700Bold agent/slip/fonts
}

case "${1:-all}" in
all) serif && sans ;;
serif) serif ;;
sans) sans ;;
*)
	echo "usage: fonts.sh [serif|sans]" >&2
	exit 2
	;;
esac
