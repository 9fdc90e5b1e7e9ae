#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Run cmocka programs and count their tests, through the TAP that cmocka prints.
# One line a program; all that a program said follows when it failed. A test
# that is planned and never reported, as after a crash, counts as failed.
set -uo pipefail

limit=${TEST_TIMEOUT:-300}
passed=0
failed=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT

for program; do
	# Beside each program, what it traces: compare_traces.sh.
	[[ -z ${TRACES-} ]] || export TRACE=$program.trace
	CMOCKA_MESSAGE_OUTPUT=TAP timeout "$limit" "$program" >"$output" 2>&1
	status=$?
	ok=$(grep -c '^ok ' "$output")
	planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$output" |
		awk '{ n += $1 } END { print n + 0 }')
	bad=$((planned - ok))
	# It must not pass by saying nothing, nor fail without being counted.
	((bad > 0 || (planned > 0 && status == 0))) || bad=1
	printf '  %-28s %4d passed, %d failed\n' "${program##*/}" "$ok" "$bad"
	if ((bad > 0)); then
		((status != 124)) || echo "  timed out after $limit s"
		cat "$output"
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
done

echo "$passed passed, $failed failed"
((failed == 0))
