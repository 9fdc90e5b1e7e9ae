#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Check Promela models with SPIN: each "check:" line of a model's first comment,
# that no transition is out of reach, that every BREAK_ mutant fails one of the
# checks, and that code and models name the same transitions. "make check-spin"
# calls it.
set -uo pipefail

case ${1-} in
-h | --help | '')
	echo "usage: SPIN_OUT=FOLDER scripts/spin.sh MODEL.pml..."
	exit
	;;
esac

out=${SPIN_OUT:?run it by way of make check-spin}
memory=2000 # MiB
limit=300   # seconds for one run
passed=0
failed=0

# report STATUS WHAT
report() {
	if (($1 == 0)); then
		passed=$((passed + 1))
		echo "  ok      $2"
	else
		failed=$((failed + 1))
		echo "  FAILED  $2"
	fi
}

# search EFFORT MODEL PROPERTY OPTION...: 0 holds, 1 does not, 2 was not found
# out. Mutants fail soon, so little effort is made for them: what takes time is
# to compile, and to clear memory for a deep search.
search() {
	local effort=$1 model=$2 property=$3 options=(-DSAFETY -DNOCLAIM)
	local level=-O1 run=(-m8000000)

	shift 3
	if [[ $effort == little ]]; then
		level=-O0
		run=(-m1000000 -w20)
	fi
	if [[ $property != safety ]]; then
		options=(-DNFAIR=4)
		run+=(-a -f -N "$property")
	fi
	rm -f "$out"/pan* "$out/log" "$out"/*.trail
	(
		cd "$out" || exit
		spin -a "$@" "$model" &&
			cc $level -w -DMEMLIM=$memory "${options[@]}" \
				-o pan pan.c &&
			timeout $limit ./pan "${run[@]}"
	) >"$out/log" 2>&1 || return 2
	if grep -qE '^pan:[0-9]+: (assertion violated|invalid end state|acceptance cycle)' "$out/log"; then
		return 1
	fi
	# Only a search that went everywhere says that something holds.
	! grep -qE 'max search depth too small|reached -DMEMLIM|out of memory|Search not completed' "$out/log" ||
		return 2
	grep -q 'errors: 0$' "$out/log" || return 2
}

# Statements of the model that the last search never came to.
unreached() {
	sed -n '/^unreached in proctype/,/states)$/p' "$out/log" |
		grep -E '\.(pml|inc):' | grep -v '"-end-"'
}

checks_of() {
	sed -n 's/^ \* check: //p' "$1"
}

check_model() {
	local model=$1 name=${1##*/} property options status count=0

	while read -r property options; do
		# shellcheck disable=SC2086 # several words
		search full "$model" "$property" $options
		status=$?
		report $status "$name: $property, $options"
		((status == 0)) || cat "$out/log"
		count=$((count + 1))
	done < <(checks_of "$model")
	((count > 0)) || report 1 "$name: it names nothing to check"
	if unreached; then
		report 1 "$name: every statement is reached"
	else
		report 0 "$name: every statement is reached"
	fi
}

check_mutants() {
	local model=$1 name=${1##*/} mutant property options status

	while read -r mutant; do
		status=0
		while ((status != 1)) && read -r property options; do
			# shellcheck disable=SC2086 # several words
			search little "$model" "$property" "-D$mutant" $options
			status=$?
		done < <(checks_of "$model")
		report $((status != 1)) "$name: mutant ${mutant#BREAK_} is caught"
		((status == 1)) || cat "$out/log"
	done < <(grep -ohE '(ifn?def|defined\()[ ]*BREAK_[a-z_]+' "${model%.pml}"* |
		grep -oE 'BREAK_.*' | sort -u)
}

# names PATTERN FILE...: what follows it in comments, one a line
names() {
	grep -rhoE "/\* $1: [A-Z_, ]+ \*/" "${@:2}" | sed "s,/\* $1: ,,; s, \*/,," |
		tr -s ', ' '\n' | sort -u
}

check_names() {
	local code models

	code=$(names model src abi include)
	models=$(names code "$(dirname "$1")")
	if [[ -n $code && $code == "$models" ]]; then
		report 0 "code and models name the same transitions"
	else
		report 1 "code and models name the same transitions"
		diff <(echo "$code") <(echo "$models") |
			sed -n 's/^</    only in code: /p; s/^>/    only in models: /p'
	fi
}

mkdir -p "$out" || exit
out=$(realpath "$out")
for model; do
	check_model "$(realpath "$model")"
	check_mutants "$(realpath "$model")"
done
check_names "$@"
echo "$passed passed, $failed failed"
((failed == 0))
