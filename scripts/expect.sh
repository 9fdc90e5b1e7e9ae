# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# For scripts that check one thing after another and go on when one fails: to
# be read with ".".

passed=0
failed=0

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

# The closing line; fails when a check has.
check_end() {
	echo "$passed passed, $failed failed"
	[[ $failed -eq 0 ]]
}
