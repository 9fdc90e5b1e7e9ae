#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Install the library into a temporary folder and use it from there, with what
# pkg-config says and nothing else: for each processor and table format that
# there is. "make check-install" calls it.
set -euo pipefail

# All that the archive may want from the kernel around it.
wanted_symbols='memcpy memset'

cd "$(dirname "$0")/.."
case ${1-} in
-h | --help) echo "usage: O=build make check-install" && exit ;;
esac
options=(-std=c11 -O2 -ffreestanding -Wall -Wextra -Werror)
read -ra cc64 <<<"${CC:-${CROSS_COMPILE-aarch64-linux-gnu-}gcc} -mgeneral-regs-only"
read -ra cc32 <<<"${CC32:-${CROSS_COMPILE32-arm-linux-gnueabihf-}gcc} -march=armv7ve -marm -mfloat-abi=soft"
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
prefix=/opt/dynshm
. scripts/expect.sh

# variant ARCH FORMAT: the library that the checks that follow look at
variant() {
	arch=$1
	format=$2
	dir=$top/$arch-$format
	mkdir "$dir"
	lib=$dir$prefix/lib/libdynshm.a
	include=$dir$prefix/include
	export PKG_CONFIG_LIBDIR=$dir$prefix/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$dir
	case $arch in
	aarch64)
		tools=${CROSS_COMPILE-aarch64-linux-gnu-}
		cc=("${cc64[@]}" "${options[@]}")
		;;
	arm)
		tools=${CROSS_COMPILE32-arm-linux-gnueabihf-}
		cc=("${cc32[@]}" "${options[@]}")
		;;
	esac
	echo "  $arch, $format"
}

nm_of() {
	"${tools}nm" "$@" "$lib"
}

install_it() {
	"${MAKE:-make}" --no-print-directory O="${O:-build}" V=0 DESTDIR="$dir" \
		ARCH="$arch" FORMAT="$format" PREFIX=$prefix install >"$dir/log" 2>&1 || cat "$dir/log"
}

# A header may rely on what it includes and on the compiler's own headers.
headers_stand_alone() {
	local header own

	own=$("${cc[@]}" -print-file-name=include)
	(cd "$include" && find . -name '*.h') | sed 's,^\./,,' |
		while read -r header; do
			echo "#include <$header>" |
				"${cc[@]}" -nostdinc -isystem "$own" \
					-I"$include" -fsyntax-only -x c - ||
				echo "$header cannot be included alone"
		done
}

# Headers promise nothing that is not there, and nothing else is there.
symbols_are_declared() {
	find "$include" -name '*.h' -print0 |
		xargs -0 ctags -f - --languages=C --map-C=+.h --kinds-C=px -I _Static_assert+ |
		cut -f 1 | LC_ALL=C sort -u >"$dir/declared"
	nm_of -g --defined-only | awk 'NF == 3 { print $3 }' |
		LC_ALL=C sort -u >"$dir/defined"
	LC_ALL=C comm -13 "$dir/declared" "$dir/defined" |
		sed 's/$/: visible, but no installed header declares it/'
	LC_ALL=C comm -23 "$dir/declared" "$dir/defined" |
		sed 's/$/: declared in a header, but not in the archive/'
}

only_wanted_symbols() {
	nm_of -u | awk 'NF == 2 { print $2 }' | while read -r symbol; do
		[[ " $wanted_symbols " == *" $symbol "* ]] ||
			echo "the archive needs $symbol, which a kernel may not have"
	done
}

# Whoever places a struct shm decides where all state is.
no_variables() {
	nm_of | awk '$2 ~ /^[bBcCdDgGsS]$/ {
		print $3 ": a variable; state belongs into struct shm"
	}'
	"${tools}size" "$lib" | awk 'NR > 1 && $2 + $3 > 0 {
		print "data: " $2 " bytes, bss: " $3 " bytes; none is allowed"
	}'
}

# Registers of the floating-point unit belong to the normal world.
no_fp_registers() {
	"${tools}objdump" -d --no-show-raw-insn "$lib" |
		grep -E '[[:space:],{][bhsdqv][0-9]+(\.[0-9a-z]+)?[],} ]*(,|$)' || :
}

links() {
	local flags

	flags=$(pkg-config --cflags --libs dynshm)
	read -ra flags <<<"$flags"
	"${cc[@]}" test/install/embedder.c -o "$dir/embedder" "${flags[@]}" \
		-static -nostdlib -Wl,--no-undefined -Wl,--fatal-warnings \
		-Wl,--build-id=none -Wl,-e,embedder_start
}

keeps_fixups() {
	# Not grep -q: it would leave before objdump has written all.
	"${tools}objdump" -h "$lib" | grep ' \.extable ' >/dev/null ||
		echo "no .extable: a fault in access_read() could not be mended"
}

for each in "aarch64 lpae" "arm short_desc" "arm lpae"; do
	read -ra each <<<"$each"
	variant "${each[@]}"
	check "installs into DESTDIR" install_it
	check "each header compiles alone" headers_stand_alone
	check "headers and archive name the same symbols" symbols_are_declared
	check "needs no symbol but: $wanted_symbols" only_wanted_symbols
	check "has no variables" no_variables
	check "uses no floating-point registers" no_fp_registers
	check "has the table of accesses that may fault" keeps_fixups
	check "an embedder links with pkg-config's flags alone" links
done
check_end
