#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Run cmocka programs and count their tests, through the TAP that cmocka prints:
# TEST_JOBS of them at a time, or one for each core. One line a program, in the
# order given; all that a program said follows when it failed. A test that is
# planned and never reported, as after a crash, counts as failed.
set -uo pipefail

# shellcheck source=scripts/each.sh
. "${0%/*}/each.sh"

limit=${TEST_TIMEOUT:-300}
passed=0
failed=0

run() {
	# Beside each program, what it traces: compare_traces.sh.
	[[ -z ${TRACES-} ]] || export TRACE=$1.trace
	export CMOCKA_MESSAGE_OUTPUT=TAP
	exec timeout "$limit" "$1"
}

# tell PROGRAM STATUS OUTPUT
tell() {
	local ok planned bad

	ok=$(grep -c '^ok ' "$3")
	planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$3" |
		awk '{ n += $1 } END { print n + 0 }')
	bad=$((planned - ok))
	# It must not pass by saying nothing, nor fail without being counted.
	((bad > 0 || (planned > 0 && $2 == 0))) || bad=1
	printf '  %-28s %4d passed, %d failed\n' "${1##*/}" "$ok" "$bad"
	if ((bad > 0)); then
		(($2 != 124)) || echo "  timed out after $limit s"
		cat "$3"
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
}

each "${TEST_JOBS:-$(nproc)}" run tell "$@"
echo "$passed passed, $failed failed"
((failed == 0))
