#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Writes the header that BL2 reads before it loads the image: version 2, one image of the main ("pager") kind.
set -euo pipefail

usage() {
	cat <<'END'
usage: scripts/make_header.sh IMAGE LOAD_ADDRESS >HEADER
Write the 28 bytes of tee-header_v2.bin for the binary IMAGE, which BL2 is to load at LOAD_ADDRESS.
END
}

case ${1-} in
-h | --help) usage && exit ;;
esac
[[ $# -eq 2 ]] || { usage >&2 && exit 2; }

size=$(stat -c %s "$1")
address=$(($2))

# Four bytes, the lowest first.
word() {
	local shift
	for shift in 0 8 16 24; do printf '%b' "\\x$(printf %02x $(($1 >> shift & 255)))"; done
}

printf 'OPTE\x02\x01\x00\x00'     # magic, version, AArch64, flags
word 1                            # images
word $((address >> 32))
word $((address & 0xffffffff))
word 0                            # the main image
word "$size"
