#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Compile what is written against OP-TEE's memory API with compat/ first on the
# include path: its names, numbers and signatures, and callers in the manner of
# OP-TEE's own, for 64- and 32-bit cores and both formats of tables. "make
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
passed=0
failed=0

# A core: its name, its compiler, and what selects the format of its tables.
cores=(
	"aarch64:${CROSS_COMPILE-aarch64-linux-gnu-}gcc:-mgeneral-regs-only"
	"armv7:${CROSS_COMPILE32-arm-linux-gnueabihf-}gcc:-march=armv7-a -mfloat-abi=soft"
	"armv7-lpae:${CROSS_COMPILE32-arm-linux-gnueabihf-}gcc:-march=armv7ve -mfloat-abi=soft -DCFG_WITH_LPAE"
)

# check NAME COMMAND...: passes when it does, and says nothing
check() {
	local name=$1 output
	shift

	if output=$("$@" 2>&1) && [[ -z $output ]]; then
		passed=$((passed + 1))
		echo "  ok      $name"
	else
		failed=$((failed + 1))
		echo "  FAILED  $name"
		[[ -z $output ]] || printf '%s\n' "$output" | sed 's/^/    /'
	fi
}

# compile CORE OPTION...
compile() {
	local name cc options

	IFS=: read -r name cc options <<<"$1"
	shift
	read -ra options <<<"$options"
	"$cc" "${flags[@]}" "${options[@]}" -Icompat -c -o "$dir/out.o" "$@"
}

# Nothing but what it includes, and the compiler's own headers.
headers_stand_alone() {
	local header own

	own=$(IFS=: read -r _ cc _ <<<"$1" && "$cc" -print-file-name=include)
	(cd compat && find . -name '*.h') | sed 's,^\./,,' |
		grep -vE '^(platform|internal)\.h$' | while read -r header; do
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

for core in "${cores[@]}"; do
	name=${core%%:*}
	for api in 22 410; do
		check "$name: everything is as in OP-TEE $api" \
			compile "$core" -DOPTEE_API=$api test/compat/pins.c
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
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
