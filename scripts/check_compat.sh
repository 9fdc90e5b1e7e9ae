#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Compile what is written against OP-TEE's memory API with compat/ first on the
# include path: its names, numbers and signatures, and callers in the manner of
# OP-TEE's own, for 64- and 32-bit cores and both formats of tables; and link
# every name that the headers declare with compat/ and the library. "make
# check-compat" calls it.
set -euo pipefail

cd "$(dirname "$0")/.."
case ${1-} in
-h | --help) echo "usage: make check-compat" && exit ;;
esac
# As OP-TEE compiles its own code, and stricter.
flags=(-std=c11 -ffreestanding -O2 -Wall -Wextra -Wconversion -Werror)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. scripts/expect.sh

# A core: its name, its compiler, what selects the format of its tables, and the
# library's names for both.
cores=(
	"aarch64:${CROSS_COMPILE-aarch64-linux-gnu-}gcc:-mgeneral-regs-only -mno-outline-atomics:aarch64:lpae"
	"armv7:${CROSS_COMPILE32-arm-linux-gnueabihf-}gcc:-march=armv7-a+mp -marm -mfloat-abi=soft:arm:short_desc"
	"armv7-lpae:${CROSS_COMPILE32-arm-linux-gnueabihf-}gcc:-march=armv7ve -marm -mfloat-abi=soft -DCFG_WITH_LPAE:arm:lpae"
)

# compile CORE OPTION...
compile() {
	local cc options

	IFS=: read -r _ cc options _ <<<"$1"
	shift
	read -ra options <<<"$options"
	"$cc" "${flags[@]}" "${options[@]}" -Icompat -c -o "$dir/out.o" "$@"
}

# What callers include, not what is between compat/ and the kernel around it.
api_headers=(types_ext.h kernel/tee_misc.h mm/core_memprot.h mm/core_mmu.h
	mm/maintenance.h mm/tee_mmu_types.h)

# Nothing but what it includes, and the compiler's own headers.
headers_stand_alone() {
	local header own

	own=$(IFS=: read -r _ cc _ <<<"$1" && "$cc" -print-file-name=include)
	for header in "${api_headers[@]}"; do
		echo "#include <$header>" |
			compile "$1" -nostdinc -isystem "$own" -x c - ||
			echo "$header cannot be included alone"
	done
}

# A kernel's assembler sources use the constants.
constants_assemble() {
	printf '%s\n' '#include <mm/core_mmu.h>' \
		'.word SMALL_PAGE_MASK, CORE_MMU_PGDIR_SIZE, CORE_MMU_DEVICE_MASK' |
		compile "$1" -DASM -x assembler-with-cpp -
}

# declared CORE API: the functions and variables that the headers declare, as
# the compiler sees them
declared() {
	printf '#include <%s>\n' "${api_headers[@]}" |
		compile "$1" -DOPTEE_API="$2" -E -P -x c -
	mv "$dir/out.o" "$dir/api.c"
	ctags -f - --languages=C --language-force=C --kinds-C=pfx \
		-I __asm__+ "$dir/api.c" | cut -f 1 | LC_ALL=C sort -u
}

# What macros of tee_misc.h are made of is not for callers.
all_is_pinned() {
	declared "$1" "$2" | grep -v '^core_buffer' >"$dir/declared"
	[[ -s $dir/declared ]] || echo "the headers declare nothing"
	compile "$1" -DOPTEE_API="$2" -E -P test/compat/pins.c
	grep -oE '"signature of " "\w+"' "$dir/out.o" | grep -oE '\w+"$' |
		tr -d '"' | LC_ALL=C sort -u | LC_ALL=C comm -13 - "$dir/declared" |
		sed 's|$|: declared, but test/compat/pins.c does not pin it|'
}

# build CORE: the library, compat/ and what both want from a kernel
build() {
	local arch format file include

	IFS=: read -r _ _ _ arch format <<<"$1"
	"${MAKE:-make}" --no-print-directory O="${O:-build}" V=0 ARCH="$arch" \
		FORMAT="$format" lib >"$dir/log" 2>&1 || cat "$dir/log"
	include=(-I. -isystem kernel/libc -Iinclude -Iarch "-Iarch/$format" "-Iarch/$arch"
		"-Iarch/$arch/$format")
	mkdir "$dir/$arch-$format"
	for file in compat/*.c test/compat/kernel.c; do
		compile "$1" -DNDEBUG "${include[@]}" "$file"
		mv "$dir/out.o" "$dir/$arch-$format/$(basename "$file" .c).o"
	done
}

# A program that has the address of each name.
all_links() {
	local cc options arch format archive

	IFS=: read -r _ cc options arch format <<<"$1"
	read -ra options <<<"$options"
	archive=${O:-build}/lib/$arch-$format/libdynshm.a
	[[ $arch != aarch64 ]] || archive=${O:-build}/lib/libdynshm.a
	{
		printf '#include <%s>\n' "${api_headers[@]}"
		echo 'extern const void *const api_names[];'
		echo 'const void *const api_names[] = {'
		declared "$1" "$2" | sed 's/.*/\t(const void *)\&&,/'
		echo '};'
	} >"$dir/user.c"
	compile "$1" -DOPTEE_API="$2" "$dir/user.c"
	"$cc" "${options[@]}" -static -nostdlib -Wl,--no-undefined \
		-Wl,--fatal-warnings -Wl,--build-id=none -Wl,-e,api_names \
		-o "$dir/program" "$dir/out.o" "$dir/$arch-$format"/*.o "$archive"
}

for core in "${cores[@]}"; do
	name=${core%%:*}
	check "$name: compat/ and the library compile" build "$core"
	for api in 22 410; do
		check "$name: everything is as in OP-TEE $api" \
			compile "$core" -DOPTEE_API=$api test/compat/pins.c
		check "$name: all that the headers declare for $api is pinned" \
			all_is_pinned "$core" $api
		check "$name: all that they declare for $api links" \
			all_links "$core" $api
	done
	for caller in calls boot pager today; do
		check "$name: callers in $caller.c compile" \
			compile "$core" -Itest "test/compat/$caller.c"
	done
	check "$name: small pages for user code" \
		compile "$core" -DCFG_SMALL_PAGE_USER_TA test/compat/pins.c
	check "$name: each header compiles alone" headers_stand_alone "$core"
	check "$name: constants are good for assembler" constants_assemble "$core"
done
check_end
