#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Puts TF-A and the secure-world image together into the flash image that QEMU starts from: BL1 at offset 0, the
# firmware package at 256 KiB, where TF-A's QEMU platform looks for it.
set -euo pipefail

usage() {
	cat <<'END'
usage: scripts/flash.sh TFA_DIR IMAGE_DIR OUT
Write the flash image OUT from bl1.bin, bl2.bin and bl31.bin in TFA_DIR and from tee-header_v2.bin and
tee-pager_v2.bin in IMAGE_DIR.
END
}

die() {
	echo "flash.sh: $*" >&2
	exit 1
}

[[ ${1-} != -h && ${1-} != --help ]] || { usage && exit; }
[[ $# -eq 3 ]] || { usage >&2 && exit 2; }
tfa=$1 image=$2 out=$3
for file in "$tfa"/bl{1,2,31}.bin; do [[ -s $file ]] || die "no $file; build it with scripts/tfa.sh"; done
for file in "$image"/tee-{header,pager}_v2.bin; do [[ -s $file ]] || die "no $file; build it with make image"; done
"${0%/*}/packages.sh" boot

trap 'rm -f "$out.fip" "$out.new"' EXIT
fiptool create --tb-fw "$tfa/bl2.bin" --soc-fw "$tfa/bl31.bin" --tos-fw "$image/tee-header_v2.bin" \
	--tos-fw-extra1 "$image/tee-pager_v2.bin" "$out.fip"
[[ $(stat -c %s "$tfa/bl1.bin") -le $((64 * 4096)) ]] || die "bl1.bin does not fit in 256 KiB"
[[ $(stat -c %s "$out.fip") -le $((1024 * 4096)) ]] || die "the firmware package is larger than 4 MiB"
dd if="$tfa/bl1.bin" of="$out.new" bs=4096 status=none
dd if="$out.fip" of="$out.new" bs=4096 seek=64 conv=notrunc status=none
mv "$out.new" "$out"
