#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-2-Clause
#
# The first process of the test Linux: loads the TEE driver, runs one program, reports its exit status on the
# console as "dynshm-exit: N" and powers off. The kernel command line says what to run:
#   dynshm.run=PROGRAM,ARG,...   (default: /run.sh)
#   dynshm.modules=none          leave the modules in /lib/modules to the program
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/ LC_ALL=C
/bin/busybox mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox --install -s

run=/run.sh
modules=$(cat /lib/modules/load)
read -r words </proc/cmdline
for word in $words; do
	case $word in
	dynshm.run=*) run=${word#*=} ;;
	dynshm.modules=none) modules= ;;
	esac
done
for module in $modules; do
	insmod "/lib/modules/$module" || echo "init: cannot load $module"
done

IFS=,
# shellcheck disable=SC2086 # commas separate the arguments
set -- $run
unset IFS
"$@"
status=$?

# Nothing may be printed into the middle of this line, and the console needs a moment to send it.
dmesg -n 1
echo "dynshm-exit: $status"
sleep 0.1
poweroff -f
