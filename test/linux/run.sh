#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-2-Clause
#
# The tests that run in Linux, as one TAP stream. Argument: all (default), or
# short for a machine that differs from another one in little.
#
# It loads the driver itself (dynshm.modules=none), to see how that goes.

what=${1:-all}
levels=/tmp/levels

ok() { echo "ok - $1"; }
not_ok() { echo "not ok - $1"; }

# claim NAME COMMAND...
claim() {
	name=$1
	shift
	if "$@"; then ok "$name"; else not_ok "$name"; fi
}

load() {
	for module in tee optee; do
		[ -d /sys/module/$module ] || insmod /lib/modules/$module.ko || return 1
	done
	mdev -s 2>/dev/null
	[ -c /dev/tee0 ]
}

log_is_clean() {
	! dmesg | grep -E 'WARNING|BUG|Oops|Call trace|rcu:.*stall|optee.*(fail|error|unregister)|tee.*(fail|error)'
}

# run PROGRAM [ARGUMENT...]: its claims, and that it came to its end.
run() {
	echo "# $*"
	start=$(cut -d. -f1 /proc/uptime)
	"$@" || not_ok "$1 comes to its end"
	echo "# $1: $(($(cut -d. -f1 /proc/uptime) - start)) s"
}

probe() {
	claim "the driver probes" load
	claim "it finds OP-TEE's interface" grep -q 1 /sys/class/tee/tee0/implementation_id
	claim "it uses dynamic shared memory" sh -c "dmesg | grep -q 'optee: dynamic shared memory is enabled'"
	claim "there is a device for a supplicant" test -c /dev/teepriv0
	claim "the log is clean of errors" log_is_clean
}

reload() {
	for round in 1 2 3; do
		claim "the driver is removed (round $round)" rmmod optee
		claim "/dev/tee0 is gone (round $round)" test ! -c /dev/tee0
		claim "the driver comes back (round $round)" load
		run shmctl demo --plain 64K >/tmp/demo
		claim "and memory is shared (round $round)" grep -q 'all of it was right' /tmp/demo
	done
	run level_test same $levels "after reloading the driver"
}

# The tool that sets budgets, and one that it makes too small.
budget() {
	claim "shmctl budget shows guest 0" sh -c "shmctl budget | grep -q '^0  *pages  *0 .* max '"
	claim "with all six resources" sh -c "test \$(shmctl budget | grep -cE '^0 +(pages|regions|tables|metadata|sessions|calls) ') = 6"
	claim "shmctl budget sets a ceiling" shmctl budget 0 pages 0 4K
	claim "and shows it" sh -c "shmctl budget 0 | grep -q '^0  *pages  *0 .* 4096 '"
	claim "as JSON, too" sh -c "shmctl budget --json | grep -qE '^.\"guests\":\[.\"guest\":0,.*\"pages\":.\"share\":0,\"used\":[0-9]+,\"highest\":[0-9]+,\"ceiling\":4096},\"regions\":.*\"ceiling\":null}}]}$'"
	claim "shmctl stats --json shows it, too" sh -c "shmctl stats --json | grep -q '\"budget_pages\":4096,'"
	claim "a guest that is not there is not shown" sh -c "shmctl budget 9 2>&1 | grep -q 'no guest 9'"
	claim "shmctl demo then fails" sh -c "! shmctl demo --plain 32M"
	claim "shmctl budget takes it away" shmctl budget 0 pages 0 max
	claim "a share above the ceiling is refused" sh -c "shmctl budget 0 pages 5 4 2>&1 | grep -q 'above the ceiling'"
	claim "a guest that is not there is refused" sh -c "shmctl budget 9 pages 0 4 2>&1 | grep -q 'no such guest'"
	claim "nonsense is refused" sh -c "shmctl budget 0 pages 1 7X 2>&1 | grep -q 'not an amount'"
}

demo() {
	claim "shmctl demo shares $*" shmctl demo --plain "$@"
}

tests() {
	probe
	run level_test save $levels
	for test in gp_memory gp_errors hold rpc stats watch budget refuse calls migrate; do
		run "${test}_test"
		run level_test same $levels "after $test"
	done
	budget
	run level_test same $levels "after shmctl budget"
	run kill_test
	run interrupt_test
	if [ "$what" = all ]; then
		run notify_test
		run level_test same $levels "after notify"
		run scale_test
		run level_test same $levels "after scale"
		run stress_test 10
		demo 4K 1M 16M 512M
	else
		run stress_test 4
		demo 4K 1M 16M
	fi
	run level_test same $levels "after all of them"
	reload
	claim "the log is clean of errors at the end" log_is_clean
	run rpc_test --too-much
}

# A driver that is not there to be tested must not be waited for.
dmesg -n 1
tests 2>&1 | awk '
	/^not ok - / { failed = 1 }
	/^(not )?ok - / { count++; sub(/ok - /, "ok " count " - ") }
	{ print; fflush() }
	END { print "1.." count; exit failed }'
