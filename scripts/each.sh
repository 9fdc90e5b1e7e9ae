# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# For scripts that run many programs of one core each: to be read with ".".

# each JOBS RUN SHOW ITEM...: calls RUN ITEM for each in a shell of its own,
# JOBS of them at a time, and SHOW ITEM STATUS FILE, with RUN's exit status and
# what it printed, in this shell and in the order of the items.
each() {
	local jobs=$1 run=$2 show=$3 next=0 shown=0 pid
	local -a items=("${@:4}") status=()

	each_out=$(mktemp -d) || return
	each_running=()
	trap each_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	while ((shown < ${#items[@]})); do
		while ((next < ${#items[@]} && ${#each_running[@]} < jobs)); do
			"$run" "${items[next]}" >"$each_out/$next" 2>&1 </dev/null &
			each_running[$!]=$next
			next=$((next + 1))
		done
		wait -n -p pid "${!each_running[@]}"
		status[each_running[pid]]=$?
		unset "each_running[$pid]"
		while [[ -n ${status[shown]-} ]]; do
			"$show" "${items[shown]}" "${status[shown]}" "$each_out/$shown"
			shown=$((shown + 1))
		done
	done
}

# What still runs must not outlive the script.
each_end() {
	((${#each_running[@]} == 0)) || kill "${!each_running[@]}" 2>/dev/null
	rm -rf "$each_out"
}
