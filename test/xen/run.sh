#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-2-Clause
#
# The tests that run in Xen's dom0, as one TAP stream. Arguments: the tests to
# run, all when there are none; life1000 makes that many guests.

not_ok() { echo "not ok - $1"; }

# claim NAME COMMAND...
claim() {
	name=$1
	shift
	if "$@"; then echo "ok - $name"; else not_ok "$name"; fi
}

# run PROGRAM [ARGUMENT...]: its claims, and that it came to its end.
run() {
	echo "# $*"
	start=$(cut -d. -f1 /proc/uptime)
	"$@" || not_ok "$1 comes to its end"
	echo "# $1: $(($(cut -d. -f1 /proc/uptime) - start)) s"
}

probe() {
	claim "dom0 is a guest of Xen" grep -q xen /sys/hypervisor/type
	claim "the driver probes in it" test -c /dev/tee0
	claim "it uses dynamic shared memory" sh -c "dmesg | grep -q 'optee: dynamic shared memory is enabled'"
	claim "the accounts show dom0 as guest 1" sh -c "shmctl stats | grep -q '^1 '"
}

demo() {
	claim "shmctl demo shares 4K 64K 512K" shmctl demo --plain 4K 64K 512K
}

dmesg -n 1
# shellcheck disable=SC2048 # the arguments are words
{
	for part in ${*:-probe demo gp_errors guest budget power life1000 leave}; do
		case $part in
		probe | demo) $part ;;
		leave) run power_test leave ;; # last: guests stay behind
		life*) run life_test "${part#life}" ;;
		*) run "${part}_test" ;;
		esac
	done
} 2>&1 | awk '
	/^not ok - / { failed = 1 }
	/^(not )?ok - / { count++; sub(/ok - /, "ok " count " - ") }
	{ print; fflush() }
	END { print "1.." count; exit failed }'
