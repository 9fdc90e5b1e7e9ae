#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Compare what programs of the host tests traced (test/sim/trace.h) in different
# formats of translation tables. It names the first step that differs. A trace
# says by itself when it cannot be compared, and why. mk/host.mk calls it.
set -uo pipefail

case ${1-} in
-h | --help | '')
	echo "usage: scripts/compare_traces.sh FOLDER FORMAT FORMAT..."
	exit
	;;
esac

folder=$1
first=$2
shift 2
traces=0
steps=0
bad=0

# Each line once, where formats need it in different numbers.
lines() {
	if grep -q '^any number: ' "$1"; then
		sort -u "$1"
	else
		cat "$1"
	fi
}

# compare NAME FORMAT
compare() {
	local one=$folder/$first/$1 other=$folder/$2/$1 difference

	if [[ ! -s $other ]]; then
		echo "  $1: no trace with $2"
		return 1
	fi
	difference=$(diff <(lines "$one") <(lines "$other") | head -n 4)
	[[ -n $difference ]] || return 0
	echo "  $1: $first and $2 differ, first of all in line" \
		"$(cmp <(lines "$one") <(lines "$other") | sed 's/.* line //'):"
	echo "$difference"
	return 1
}

while read -r name; do
	reason=$(sed -n 's/^left out: //p' "$folder/$first/$name")
	if [[ -n $reason ]]; then
		echo "  $name is left out: $reason"
		continue
	fi
	for format; do
		compare "$name" "$format" || bad=$((bad + 1))
	done
	traces=$((traces + 1))
	steps=$((steps + $(lines "$folder/$first/$name" | wc -l)))
done < <(cd "$folder/$first" && find . -name '*.trace' | sort)

echo "  $traces traces, $steps steps with $first: $bad differ with $*"
((bad == 0 && traces > 0 && steps > 0))
