#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Static checks of everything that git tracks. One line a check; the findings
# follow in full when there are any. mk/lint.mk calls it with the arguments
# that each group of C files is compiled with.
set -euo pipefail

checks=(format tidy cppcheck clang-image clang-host shell spdx size)
max_file=350     # lines; three files in four must be shorter
max_function=60  # lines
long_function=40 # lines; nine functions in ten must be shorter

usage() {
	cat <<END
usage: scripts/lint.sh [CHECK...]
Run the named checks, or all: ${checks[*]}

Wants LINT_OUT (a folder for what it builds) and LINT_IMAGE, LINT_TARGET,
LINT_ARM, LINT_MMU, LINT_MMU_SHORT, LINT_MMU_LONG, LINT_EXAMPLE, LINT_HOST,
LINT_BENCH, LINT_LINUX (compiler arguments) in its environment;
"make lint" and "make lint LINT_CHECKS='format tidy'" set them.
END
}

# What a C file is compiled for, by its path.
group_of() {
	case $1 in
	client/* | test/linux/* | test/xen/*) echo LINUX ;;
	test/bare/* | test/target/* | test/hyp/*) echo TARGET ;;
	bench/bare/* | bench/target/* | bench/hyp/*) echo TARGET ;;
	test/install/* | test/devices/secure/*) echo IMAGE ;;
	test/devices/*) echo TARGET ;;
	test/mmu/arm/lpae/*) echo MMU_LONG ;;
	test/mmu/arm/* | test/mmu/short_desc/*) echo MMU_SHORT ;;
	test/mmu/*) echo MMU ;;
	examples/*) echo EXAMPLE ;;
	arch/bench/* | bench/*) echo BENCH ;;
	arch/arm/*) echo ARM ;;
	arch/host/* | test/*) echo HOST ;;
	abi/* | arch/aarch64/* | compat/* | kernel/* | pta/* | src/*) echo IMAGE ;;
	*)
		echo "lint.sh: $1: nobody said how it is compiled;" \
			"add its folder to group_of in scripts/lint.sh" >&2
		return 1
		;;
	esac
}

# Tracked files that match the patterns and are still there.
tracked() {
	git ls-files -z -- "$@" | while IFS= read -r -d '' file; do
		[[ ! -f $file ]] || echo "$file"
	done
}

# Every tracked .c file, group by group: GROUP FILE, the largest first.
grouped() {
	local file group

	tracked '*.c' | xargs ls -S | while read -r file; do
		group=$(group_of "$file") || exit
		echo "$group $file"
	done
}

is_script() {
	[[ $(head -n 1 "$1") =~ ^#!.*(bash|/sh) ]]
}

check_format() {
	tracked '*.c' '*.h' |
		xargs -P2 -n16 clang-format --dry-run -Werror || {
		echo "Run clang-format -i on these files."
		return 1
	}
}

# Tests run under sanitizers, and a failed assertion of cmocka does not look like
# an end to the analyzer. Products of small constants are fine outside the image.
tidy_one() {
	local args name=LINT_$1 less=

	read -ra args <<<"${!name}"
	case $1 in
	HOST | BENCH | TARGET | MMU*) less='-clang-analyzer-*,-misc-no-recursion,' ;;&
	HOST | BENCH | TARGET | MMU* | LINUX) less+='-bugprone-implicit-widening*' ;;
	esac
	clang-tidy --quiet --checks="$less" "$2" -- "${args[@]}" 2>&1 |
		sed -E '/^[0-9]+ warnings? generated\.$/d'
}

check_tidy() {
	grouped >"$out/sources"
	xargs -P2 -n2 "$0" --tidy <"$out/sources"
}

# -D and -U keep it from trying configurations that do not exist.
check_cppcheck() {
	local group name args status=0

	grouped >"$out/sources"
	for group in IMAGE TARGET MMU MMU_SHORT MMU_LONG EXAMPLE HOST BENCH LINUX; do
		sed -n "s/^$group //p" "$out/sources" >"$out/sources.$group"
		[[ -s $out/sources.$group ]] || continue
		name=LINT_$group
		read -ra args <<<"${!name}"
		mapfile -t args < <(printf '%s\n' "${args[@]}" |
			grep -E '^-(I|D|U)')
		cppcheck -q -j2 --std=c11 --platform=unix64 --inline-suppr \
			--enable=warning,performance,portability \
			--error-exitcode=1 -U__cplusplus "${args[@]}" \
			--file-list="$out/sources.$group" || status=1
	done
	return $status
}

# Only what goes wrong; each step says what it does in a line of its own.
quiet_make() {
	"$make" --no-print-directory "$@" 2>&1 | sed '/^  [A-Z]* /d'
}

check_clang-image() {
	quiet_make O="$out/image" CC="clang --target=aarch64-linux-gnu" image
}

check_clang-host() {
	quiet_make O="$out/host" HOST_CC=clang host-build
}

check_shell() {
	tracked 'scripts/*' 'test/*' '.ci/*' '*.sh' | while read -r file; do
		[[ $file != *.sh ]] && ! is_script "$file" || echo "$file"
	done | sort -u | xargs shellcheck
}

# Anything that can hold a comment has the licence in its first three lines.
check_spdx() {
	local licence='SPDX-License-Identifier: BSD-2-Clause( \*/)?$' status=0

	tracked '*.[chS]' '*.inc' '*.ld' '*.mk' '*.py' '*.sh' Makefile \
		.clang-format .clang-tidy 'scripts/*' '.ci/*' |
		grep -vE '\.(md|txt)$|/corpus/|^LICENSE$' |
		LC_ALL=C sort -u >"$out/wanted"
	xargs grep -HnE -m1 "$licence" <"$out/wanted" |
		sed -nE 's/:[123]:.*//p' | LC_ALL=C sort >"$out/licensed"
	LC_ALL=C comm -23 "$out/wanted" "$out/licensed" >"$out/unlicensed"
	[[ -s $out/wanted && ! -s $out/unlicensed ]] || status=1
	sed "s/\$/: no 'SPDX-License-Identifier: BSD-2-Clause' in its first lines/" \
		"$out/unlicensed"
	return $status
}

# LINES NAME PLACE of every function. Other kinds than functions are not wanted.
function_sizes() {
	tracked '*.c' '*.h' | ctags -L - -o - --languages=C --map-C=+.h \
		--kinds-C=f --fields=+ne | awk -F '\t' '{
		for (i = 4; i <= NF; i++) {
			if (sub(/^line:/, "", $i)) first = $i
			else if (sub(/^end:/, "", $i)) last = $i
		}
		print last - first + 1, $1 "()", $2 ":" first
	}'
}

file_sizes() {
	tracked '*.[chS]' '*.inc' '*.ld' '*.mk' '*.py' '*.sh' Makefile |
		xargs wc -l | awk '$2 != "total"'
}

# sizes LIMIT SHORT SHARE WHAT: none above LIMIT, SHARE % below SHORT
judge_sizes() {
	awk -v limit="$1" -v short="$2" -v share="$3" -v what="$4" '
	$1 > limit {
		print ($3 == "" ? $2 : $3 ": " $2) ": " $1 \
			" lines, at most " limit " are allowed"
		bad = 1
	}
	{ n++; if ($1 < short) below++ }
	END {
		if (n == 0 || below * 100 < n * share) {
			printf "%d of %d %s are shorter than %d lines, " \
				"wanted are %d %%\n", below, n, what, short, share
			bad = 1
		}
		printf "%d of %d %s under %d lines\n", below, n, what, short >note
		exit bad
	}' note="$out/note.$4" -
}

check_size() {
	local status=0

	function_sizes | judge_sizes $max_function $long_function 90 functions ||
		status=1
	file_sizes | judge_sizes $max_file $max_file 75 files || status=1
	cat "$out"/note.functions "$out"/note.files | paste -sd, >"$out/note"
	return $status
}

# Run one check with its output kept until it is known whether it matters.
run_check() {
	local start=$EPOCHREALTIME status=0 took

	: >"$out/note"
	"$0" --check "$1" >"$out/$1.log" 2>&1 || status=$?
	took=$(((${EPOCHREALTIME/./} - ${start/./}) / 100000))
	printf '  %-12s %-7s %4d.%d s  %s\n' "$1" \
		"$([[ $status -eq 0 ]] && echo ok || echo FAILED)" \
		$((took / 10)) $((took % 10)) "$(<"$out/note")"
	[[ $status -eq 0 ]] || sed 's/^/    /' "$out/$1.log"
	return $status
}

case ${1-} in
-h | --help) usage && exit ;;
esac

cd "$(dirname "$0")/.."
git rev-parse --git-dir >/dev/null || {
	echo "lint.sh: not a git checkout; it checks what git tracks" >&2
	exit 2
}
out=${LINT_OUT:?run it by way of make lint}
make=${MAKE:-make}
mkdir -p "$out"

# It calls itself, so that each check stops at its first unexpected failure.
case ${1-} in
--check)
	"check_$2"
	exit
	;;
--tidy)
	tidy_one "$2" "$3"
	exit
	;;
esac

[[ $# -gt 0 ]] || set -- "${checks[@]}"
failed=0
for check; do
	[[ " ${checks[*]} " == *" $check "* ]] || {
		echo "lint.sh: no check '$check'; there are: ${checks[*]}" >&2
		exit 2
	}
	run_check "$check" || failed=$((failed + 1))
done
echo "$(($# - failed)) passed, $failed failed"
[[ $failed -eq 0 ]]
