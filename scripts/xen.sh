#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Builds the Xen hypervisor from Debian's source, unchanged but for its configuration: Debian's own binary has the
# mediator between guests and the secure world switched off. The hypervisor alone; no tools. A finished build is kept,
# so running this again does nothing.
set -euo pipefail

usage() {
	cat <<'END'
usage: scripts/xen.sh OUT
Build Xen's raw image OUT/xen, unless it is there.

Environment: CROSS_COMPILE (default: aarch64-linux-gnu-), and what scripts/fetch.sh reads.
END
}

die() {
	echo "xen.sh: $*" >&2
	exit 1
}

case ${1-} in
-h | --help) usage && exit ;;
-*) die "no option $1; try --help" ;;
esac
[[ $# -eq 1 ]] || { usage >&2 && exit 2; }
out=$1
[[ ! -e $out/xen ]] || exit 0

scripts=$(dirname "$(realpath "$0")")
"$scripts/packages.sh" xen
mkdir -p "$out"
out=$(realpath "$out")
work=$out/work
trap 'rm -rf "$work"' EXIT
rm -rf "$work"
"$scripts/fetch.sh" --link "$work/cache" xen
cp -a "$work/cache/xen/." "$work/src"
: >"$out/build.log"

# What the compiler says is not for this console; how far it came is.
in_xen() {
	env -u MAKEFLAGS -u MAKELEVEL make -C "$work/src/xen" -j "$(nproc)" XEN_TARGET_ARCH=arm64 \
		CROSS_COMPILE="${CROSS_COMPILE:-aarch64-linux-gnu-}" \
		XEN_BUILD_DATE=unknown XEN_BUILD_TIME=unknown XEN_BUILD_HOST=dynshm XEN_WHOAMI=dynshm XEN_DOMAIN=unknown \
		"$@" >>"$out/build.log" 2>&1 </dev/null || {
		tail -n 30 "$out/build.log" >&2
		die "Xen did not build; the end of $out/build.log is above"
	}
}

# Until the build ends: on a terminal a count in one line, else a line every 20 seconds.
show_progress() {
	local period=20 start='xen.sh: ' end='\n'
	[[ ! -t 1 ]] || { period=1 start='\rxen.sh: ' end=''; }
	while sleep "$period"; do
		printf "$start%s files compiled$end" "$(grep -cE '^ *(CC|AS) ' "$out/build.log" || true)"
	done
}

echo "xen.sh: building Xen (log: $out/build.log)"
in_xen defconfig
config=$work/src/xen/.config
for option in EXPERT UNSUPPORTED TEE OPTEE; do
	sed -i "/CONFIG_${option}[ =]/d" "$config"
	echo "CONFIG_$option=y" >>"$config"
done
in_xen olddefconfig
grep -q '^CONFIG_OPTEE=y' "$config" || die "this Xen cannot be configured with its OP-TEE mediator"
show_progress &
progress=$!
trap 'kill "$progress" 2>/dev/null || true; rm -rf "$work"' EXIT
in_xen build
kill "$progress"
wait "$progress" 2>/dev/null || true
[[ ! -t 1 ]] || echo
mv "$work/src/xen/xen" "$out/xen"
