#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Run make targets one after another, whatever becomes of each, and add up what
# their closing lines "N passed, N failed" say; a target that counts nothing
# counts as one. A target's output goes to a log, and is shown when it failed.
# "make check" calls it.
set -uo pipefail

case ${1-} in
-h | --help | '')
	echo "usage: MAKE=make CHECK_OUT=FOLDER scripts/check.sh TARGET..."
	exit
	;;
esac

make=${MAKE:-make}
out=${CHECK_OUT:?run it by way of make check}
mkdir -p "$out" || exit
passed_in_all=0
failed_in_all=0
summary=()

# Use all cores, unless the user has said how many.
jobs=()
[[ ${MAKEFLAGS-} == *-j* || ${MAKEFLAGS-} == *jobserver* ]] ||
	jobs=("-j$(nproc)")

# count LOG STATUS: sets passed, failed and closing
count() {
	closing=$(grep -xE '[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
	if [[ -n $closing ]]; then
		passed=${closing%% *}
		failed=${closing#*, }
		failed=${failed%% *}
		# Nothing tested is not success, and make's word counts too.
		if ((passed + failed == 0)); then
			closing="$closing: nothing was tested"
			failed=1
		elif (($2 != 0 && failed == 0)); then
			closing="$closing, but exit status $2"
			failed=1
		fi
	elif (($2 == 0)); then
		passed=1 failed=0 closing=ok
	else
		passed=0 failed=1 closing=FAILED
	fi
}

for target; do
	log=$out/$target.log
	start=$SECONDS
	echo "== $target"
	"$make" --no-print-directory "${jobs[@]}" "$target" >"$log" 2>&1
	count "$log" $?
	((failed == 0)) || sed 's/^/  /' "$log"
	line=$(printf '%-14s %4d s   %s' "$target" $((SECONDS - start)) "$closing")
	echo "   $line"
	summary+=("$line")
	passed_in_all=$((passed_in_all + passed))
	failed_in_all=$((failed_in_all + failed))
done

echo "== all, logs in $out"
printf '   %s\n' "${summary[@]}"
printf '   %-14s %4d s\n' together "$SECONDS"
echo "$passed_in_all passed, $failed_in_all failed"
((failed_in_all == 0))
