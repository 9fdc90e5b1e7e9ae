#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What test/mmu/sequences.c was compiled to, against what the architecture asks
# for: of each function the barriers, accesses to memory and to registers of the
# system, and TLB operations, in their order. Which general registers they use,
# and what is on the stack, does not matter. Says so in TAP.
set -euo pipefail

if [[ $# -lt 3 || $1 == -h || $1 == --help ]]; then
	cat <<END
usage: scripts/sequences.sh OBJDUMP PROGRAM SEQUENCES...
SEQUENCES have lines of the form 'FUNCTION: INSTRUCTION; INSTRUCTION...'.
END
	[[ ${1-} == -h || ${1-} == --help ]] && exit
	exit 2
fi

# FUNCTION: INSTRUCTION; ... of every function
compiled() {
	"$1" -d --no-show-raw-insn "$2" | awk -F '\t' '
	/^[0-9a-f]+ <.*>:$/ {
		printf "%s%s:", line++ ? "\n" : "",
			substr($0, index($0, "<") + 1, length($0) - index($0, "<") - 2)
		separator = " "
		next
	}
	NF < 2 { next }
	{
		what = $2
		rest = $3
		sub(/[ \t]*(\/\/|@|;).*/, "", rest)
	}
	# An access is told by its name, a call by what is called.
	what ~ /^(ld|st)/ && rest !~ /\[sp/ { tell(what) }
	(what == "bl" || what == "b") && rest ~ /<[a-z_]+>$/ {
		sub(/.*</, "call ", rest)
		sub(/>$/, "", rest)
		tell(rest)
	}
	what ~ /^([di][sm]b|tlbi|at|[di]c|sys|ms?rs?|mcrr?|mrrc?|mrc|cps.*|sevl?|wfe)$/ {
		rest = " " rest
		gsub(/ [rwx][0-9]+/, " R", rest)
		sub(/ +$/, "", rest)
		tell(what rest)
	}
	function tell(instruction) {
		printf "%s%s", separator, instruction
		separator = "; "
	}
	END { print "" }'
}

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
compiled "$1" "$2" >"$out/is"
cat "${@:3}" | grep -v '^#' >"$out/wanted"

failed=0
number=0
tell() {
	number=$((number + 1))
	if [[ $1 == "$2" ]]; then
		echo "ok $number - $3"
		return
	fi
	echo "not ok $number - $3"
	printf '# wanted %s\n# is     %s\n' "$1" "$2"
	failed=1
}

while IFS= read -r wanted; do
	name=${wanted%%:*}
	is=$(sed -n "s/^\(sequence_\)\?$name:/$name:/p" "$out/is")
	tell "$wanted" "$is" "sequence_of_$name"
done <"$out/wanted"
# One that nobody wants is one that nobody checks.
while IFS= read -r name; do
	grep -q "^$name:" "$out/wanted" || tell "" "$name" "sequences_are_known"
done < <(sed -n 's/^sequence_\(\w*\):.*/\1/p' "$out/is")
echo "1..$number"
exit $failed
