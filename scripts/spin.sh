#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Check Promela models with SPIN: each "check:" line of a model's first comment,
# that no transition is out of reach, that every BREAK_ mutant fails one of the
# checks, and that code and models name the same transitions. Two searches at a
# time, or TEST_JOBS. "make check-spin" calls it.
set -uo pipefail

case ${1-} in
-h | --help | '')
	echo "usage: SPIN_OUT=FOLDER scripts/spin.sh MODEL.pml..."
	exit
	;;
esac

# shellcheck source=scripts/each.sh
. "${0%/*}/each.sh"

out=${SPIN_OUT:?run it by way of make check-spin}
top=$PWD
memory=2000       # MiB
jobs=${TEST_JOBS:-2} # each of them may take that much
limit=300         # seconds for one run
passed=0
failed=0

# report STATUS WHAT
report() {
	if (($1 == 0)); then
		echo "  ok      $2"
	else
		echo "  FAILED  $2"
	fi
}

# search EFFORT MODEL PROPERTY OPTION...: 0 holds, 1 does not, 2 was not found
# out. It works in the current folder. Mutants fail soon, so little effort is
# made for them: what takes time is to compile, and to clear memory for a deep
# search.
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
	rm -f pan* log
	{
		spin -a "$@" "$model" &&
			cc $level -w -DMEMLIM=$memory "${options[@]}" \
				-o pan pan.c &&
			setpriv --pdeathsig TERM timeout $limit ./pan "${run[@]}"
	} >log 2>&1 || return 2
	if grep -qE '^pan:[0-9]+: (assertion violated|invalid end state|acceptance cycle)' log; then
		return 1
	fi
	# Only a search that went everywhere says that something holds.
	! grep -qE 'max search depth too small|reached -DMEMLIM|out of memory|Search not completed' log ||
		return 2
	grep -q 'errors: 0$' log || return 2
}

# Statements of the model that the last search never came to.
unreached() {
	sed -n '/^unreached in proctype/,/states)$/p' log |
		grep -E '\.(pml|inc):' | grep -v '"-end-"'
}

checks_of() {
	sed -n 's/^ \* check: //p' "$1"
}

mutants_of() {
	grep -ohE '(ifn?def|defined\()[ ]*BREAK_[a-z_]+' "${1%.pml}"* |
		grep -oE 'BREAK_.*' | sort -u
}

check_property() {
	local model=$1 name=${1##*/} status=0

	search full "$@" || status=$?
	report $status "$name: $2, ${*:3}"
	((status == 0)) || cat log
}

# The last of a model's checks is the one that goes everywhere.
check_last() {
	check_property "$@"
	if unreached; then
		report 1 "${1##*/}: every statement is reached"
	else
		report 0 "${1##*/}: every statement is reached"
	fi
}

# check_mutant MODEL MUTANT: one of the checks must fail
check_mutant() {
	local model=$1 name=${1##*/} mutant=$2 property options status=0

	while ((status != 1)) && read -r property options; do
		# shellcheck disable=SC2086 # several words
		search little "$model" "$property" "-D$mutant" $options
		status=$?
	done < <(checks_of "$model")
	report $((status != 1)) "$name: mutant ${mutant#BREAK_} is caught"
	((status == 1)) || cat log
}

names_nothing() {
	report 1 "${1##*/}: it names nothing to check"
}

# list MODEL: what is to be done for it, one call a line
list() {
	if [[ -n $(checks_of "$1") ]]; then
		checks_of "$1" |
			sed "s|^|check_property $1 |; \$s/^check_property/check_last/"
	else
		echo "names_nothing $1"
	fi
	mutants_of "$1" | sed "s|^|check_mutant $1 |"
}

# run CALL: in a folder of its own
run() {
	local dir

	dir=$(mktemp -d "$out/XXXXXX") && cd "$dir" || exit
	# shellcheck disable=SC2086 # a call is several words
	$1
	rm -r "$dir"
}

# tell CALL STATUS OUTPUT: a call that reported nothing has failed
tell() {
	local good bad

	cat "$3"
	good=$(grep -c '^  ok      ' "$3")
	bad=$(grep -c '^  FAILED  ' "$3")
	if ((good + bad == 0)); then
		bad=1
		report 1 "$1: exit status $2"
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
}

# names PATTERN FILE...: what follows it in comments, one a line
names() {
	grep -rhoE "/\* $1: [A-Z_, ]+ \*/" "${@:2}" | sed "s,/\* $1: ,,; s, \*/,," |
		tr -s ', ' '\n' | sort -u
}

check_names() {
	local code models

	cd "$top" || exit
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

rm -rf "$out"
mkdir -p "$out" || exit
out=$(realpath "$out")
mapfile -t calls < <(for model; do list "$(realpath "$model")"; done)
calls+=("check_names $*")
each "$jobs" run tell "${calls[@]}"
echo "$passed passed, $failed failed"
((failed == 0))
