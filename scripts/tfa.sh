#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Builds Trusted Firmware-A for QEMU's virt machine with the OP-TEE dispatcher, from unchanged source: being a
# drop-in behind stock firmware is the point. Linux is started directly as BL33. A finished build is kept, so
# running this again does nothing.
set -euo pipefail

usage() {
	cat <<'END'
usage: scripts/tfa.sh [--gic 2|3] [--new] [--handoff] OUT
Build TF-A's bl1.bin, bl2.bin and bl31.bin into the folder OUT, unless they are there.

  --gic N   the interrupt controller to build for (default: 2)
  --new     build the source of Debian 13 and not that of Debian 12
  --handoff let stages hand over transfer lists (of the source of Debian 13 only)

Environment: CROSS_COMPILE (default: aarch64-linux-gnu-), and what scripts/fetch.sh reads.
END
}

die() {
	echo "tfa.sh: $*" >&2
	exit 1
}

gic=2
source=tfa
handoff=0
out=
while [[ $# -gt 0 ]]; do
	case $1 in
	--gic) gic=${2-} && shift ;;
	--new) source=tfa-new ;;
	--handoff) handoff=1 ;;
	-h | --help) usage && exit ;;
	-*) die "no option $1; try --help" ;;
	*) out=$1 ;;
	esac
	shift
done
[[ -n $out ]] || { usage >&2 && exit 2; }
[[ $gic == [23] ]] || die "--gic takes 2 or 3"
[[ $handoff == 0 || $source == tfa-new ]] || die "--handoff needs --new"
[[ ! -e $out/bl1.bin || ! -e $out/bl2.bin || ! -e $out/bl31.bin ]] || exit 0

scripts=$(dirname "$(realpath "$0")")
"$scripts/packages.sh" boot
mkdir -p "$out"
out=$(realpath "$out")
work=$out/work
trap 'rm -rf "$work"' EXIT
rm -rf "$work"
"$scripts/fetch.sh" --link "$work/cache" "$source"
cp -a "$work/cache/$source/." "$work/src"

# TF_LDFLAGS must stay unset: it would replace the flags that drop unused sections. The two warning options are
# for newer compilers and linkers than the older source knows. The fixed build strings make the build repeatable.
flags=()
[[ $source != tfa ]] || flags=(CFLAGS=--param=min-pagesize=0 LDFLAGS=--no-warn-rwx-segments)
[[ $source == tfa ]] || flags=("TRANSFER_LIST=$handoff")
# TF-A 2.12 hands x1 = signature | version << 32 over, as the specification says, and compares what it got with
# signature | 0xff: BL31 never sees the list, and enters BL32 as if it were 32-bit code. Later ones compare with
# what they hand over.
if [[ $handoff == 1 ]]; then
	version='(REGISTER_CONVENTION_VERSION << REGISTER_CONVENTION_VERSION_SHIFT_64)'
	sed -i "s/\bREGISTER_CONVENTION_VERSION_MASK\b/$version/" \
		"$work"/src/{services/spd/opteed/opteed_main,plat/qemu/common/qemu_bl31_setup}.c
fi
echo "tfa.sh: building TF-A for GICv$gic (log: $out/build.log)"
env -u MAKEFLAGS -u MAKELEVEL -u TF_LDFLAGS make -C "$work/src" -j "$(nproc)" \
	CROSS_COMPILE="${CROSS_COMPILE:-aarch64-linux-gnu-}" BUILD_BASE="$work/obj" PLAT=qemu SPD=opteed DEBUG=0 \
	BL32_RAM_LOCATION=tdram ARM_LINUX_KERNEL_AS_BL33=$((1 - handoff)) PRELOADED_BL33_BASE=0x42000000 \
	QEMU_USE_GIC_DRIVER="QEMU_GICV$gic" \
	BUILD_STRING=dynshm BUILD_MESSAGE_TIMESTAMP='"reproducible"' \
	"${flags[@]}" bl1 bl2 bl31 >"$out/build.log" 2>&1 </dev/null || {
	tail -n 30 "$out/build.log" >&2
	die "TF-A did not build; the end of $out/build.log is above"
}
mv "$work"/obj/qemu/release/bl{1,2,31}.bin "$out"
