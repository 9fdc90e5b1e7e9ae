#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Compare what programs of the host tests traced (test/sim/trace.h) in different
# formats of translation tables. It names the first step that differs. A trace
# says by itself what of it cannot be compared, and why; a format that has left
# out everything is not compared, and a program without any trace is a mistake.
# mk/host.mk calls it.
set -uo pipefail

case ${1-} in
-h | --help | '')
	echo "usage: scripts/compare_traces.sh FOLDER FORMAT FORMAT..."
	exit
	;;
esac

folder=$1
shift
traces=0
steps=0
bad=0

# The steps, each once where formats need them in different numbers.
steps_of() {
	if grep -q '^any number: ' "$1"; then
		grep -v '^left out: ' "$1" | sort -u
	else
		grep -v '^left out: ' "$1"
	fi
}

# compare NAME FORMAT FORMAT
compare() {
	local one=$folder/$2/$1 other=$folder/$3/$1 difference

	difference=$(diff <(steps_of "$one") <(steps_of "$other") | head -n 4)
	[[ -n $difference ]] || return 0
	echo "  $1: $2 and $3 differ, first of all in step" \
		"$(cmp <(steps_of "$one") <(steps_of "$other") |
			sed 's/.* line //'):"
	echo "$difference"
	return 1
}

# report NAME FORMAT: why all of it is left out, or a part
report() {
	local all='leaves out' reason

	[[ -n $(steps_of "$folder/$2/$1") ]] || all="is left out with $2"
	while read -r reason; do
		echo "  $1 $all: $reason"
	done < <(sed -n 's/^left out: //p' "$folder/$2/$1" | sort -u)
}

# look_at NAME FORMAT...: of one program
look_at() {
	local name=$1 format first='' others=0
	shift

	for format; do
		if [[ ! -s $folder/$format/$name ]]; then
			echo "  $name: no trace with $format"
			bad=$((bad + 1))
			continue
		fi
		report "$name" "$format"
		[[ -n $(steps_of "$folder/$format/$name") ]] || continue
		if [[ -z $first ]]; then
			first=$format
			continue
		fi
		compare "$name" "$first" "$format" || bad=$((bad + 1))
		others=$((others + 1))
	done
	((others > 0)) || return 0
	traces=$((traces + 1))
	steps=$((steps + $(steps_of "$folder/$first/$name" | wc -l)))
}

# Every program that uses the manager, and whatever else has a trace.
programs() {
	(cd "$folder/$1" && find . \( -path '*/model/*_test' -o \
		-path '*/fuzz/*_fuzz' \) -printf '%p.trace\n' -o \
		-name '*.trace' -print)
}

while read -r name; do
	look_at "$name" "$@"
done < <(for format; do programs "$format"; done | sort -u)

echo "  $traces traces, $steps steps: $bad differ"
((bad == 0 && traces > 0 && steps > 0))
