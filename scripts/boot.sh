#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Boots TF-A, the secure-world image and Linux in QEMU, shows the normal world's console and returns the exit
# status that the test Linux reports (see scripts/init.sh). A panic in the secure world ends the machine at once.
# QEMU never outlives this script, however it ends.
set -euo pipefail

usage() {
	cat <<'END'
usage: scripts/boot.sh --flash FILE --kernel FILE [OPTION...] [-- QEMU_ARGUMENT...]

  --initramfs FILE    the file system that a Linux needs
  --xen FILE          start this Xen, and Linux as its first guest; wants --mem 2048
  --reserve BASE,SIZE keep a stretch of normal-world memory from being mapped, in hexadecimal with 0x
  --append ARGS       add to the kernel command line, e.g. 'dynshm.run=/bin/demo,-v'
  --gic 2|3           interrupt controller; TF-A in FILE must be built for it (default: 2)
  --cpu MODEL         cortex-a53, cortex-a57, cortex-a72 or max (default: cortex-a57)
  --smp N             cores, at most 4 (default: 2)
  --mem MIB           normal-world memory, at least 256 (default: 1024)
  --el2               let the kernel run at EL2, in a hypervisor's place
  --icount            let virtual time count instructions, for repeatable measures
  --log FILE          also store the normal world's console
  --secure-log FILE   store the secure world's console
  --timeout SECONDS   give up after this time (default: 120)

Exit status: that of the program run in Linux, or
  2    wrong usage, or QEMU could not be started
  122  the secure world panicked
  123  Linux ended without reporting a status
  124  time ran out
END
}

die() {
	echo "boot.sh: $*" >&2
	exit 2
}

flash='' kernel='' initramfs='' xen='' append='' reserve='' gic=2 cpu=cortex-a57 smp=2 mem=1024 icount=false el2=false
log='' secure_log='' seconds=120
while [[ $# -gt 0 ]]; do
	case $1 in
	--icount) icount=true && shift && continue ;;
	--el2) el2=true && shift && continue ;;
	-h | --help) usage && exit ;;
	--) shift && break ;;
	-*) [[ $# -gt 1 ]] || die "option $1 is unknown or lacks its value; try --help" ;;
	*) die "do not know '$1'; try --help" ;;
	esac
	case $1 in
	--flash) flash=$2 ;;
	--kernel) kernel=$2 ;;
	--initramfs) initramfs=$2 ;;
	--xen) xen=$2 ;;
	--append) append=$2 ;;
	--reserve) reserve=$2 ;;
	--gic) gic=$2 ;;
	--cpu) cpu=$2 ;;
	--smp) smp=$2 ;;
	--mem) mem=$2 ;;
	--log) log=$2 ;;
	--secure-log) secure_log=$2 ;;
	--timeout) seconds=$2 ;;
	*) die "no option $1; try --help" ;;
	esac
	shift 2
done
[[ -s $flash ]] || die "no flash image '$flash'; make one with scripts/flash.sh and name it with --flash"
[[ -s $kernel ]] || die "no kernel '$kernel'; get one with scripts/fetch.sh linux and name it with --kernel"
[[ -z $initramfs || -s $initramfs ]] || die "no initramfs '$initramfs'; make one with scripts/initramfs.sh and name it with --initramfs"
[[ -z $xen || -s $xen ]] || die "no Xen '$xen'; build one with scripts/xen.sh and name it with --xen"
[[ $gic == [23] ]] || die "--gic takes 2 or 3"
# The architected pointer authentication makes an emulated boot three times as long.
[[ $cpu != max ]] || cpu=max,pauth-impdef=on
"${0%/*}/packages.sh" boot

vm=
work=$(mktemp -d -t dynshm-boot.XXXXXX)
# shellcheck disable=SC2317 # called by trap
cleanup() {
	[[ -z $vm ]] || { kill "$vm" && wait "$vm"; } 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
log=${log:-$work/normal.log}
secure_log=${secure_log:-$work/secure.log}
mkdir -p "$(dirname "$log")" "$(dirname "$secure_log")"
: >"$log"
: >"$secure_log"

# The network card goes, because its ROM is in a package of its own.
machine=virt,secure=on,gic-version=$gic
[[ -z $xen ]] || el2=true
! $el2 || machine+=,virtualization=on
qemu=(qemu-system-aarch64 -cpu "$cpu" -smp "$smp" -m "$mem" -display none -monitor none -net none -no-reboot
	-bios "$flash")
if $icount; then
	machine+=,dtb-randomness=off
	qemu+=(-icount "shift=0,sleep=off" -rtc "base=2020-01-01,clock=vm")
fi

# TF-A hands on the device tree it finds in memory, so /chosen is filled in here.
"${qemu[@]}" "$@" -machine "$machine,dumpdtb=$work/dtb" </dev/null >"$work/dump.log" 2>&1 ||
	die "QEMU does not take these options: $(<"$work/dump.log")"
load=()

# load_at ADDRESS FILE
load_at() {
	load+=(-device "loader,file=$2,addr=$1,force-raw=on")
}

# Linux alone, its file system behind it.
chosen_linux() {
	local at=0x48000000

	fdtput -t s "$work/dtb" /chosen bootargs "console=ttyAMA0 panic=-1 $append"
	load_at 0x42000000 "$kernel"
	[[ -n $initramfs ]] || return 0
	fdtput -t x "$work/dtb" /chosen linux,initrd-start $at
	fdtput -t x "$work/dtb" /chosen linux,initrd-end "$(printf %x $((at + $(stat -Lc %s "$initramfs"))))"
	load_at $at "$initramfs"
}

# xen_module KIND ADDRESS FILE
xen_module() {
	local node=/chosen/module@${2#0x}

	fdtput -p -t s "$work/dtb" "$node" compatible "multiboot,$1" multiboot,module
	fdtput -t x "$work/dtb" "$node" reg 0 "$2" 0 "$(printf %x "$(stat -Lc %s "$3")")"
	load_at "$2" "$3"
}

# Xen in the place of Linux, with Linux and its file system as modules.
chosen_xen() {
	fdtput -t s "$work/dtb" /chosen xen,xen-bootargs \
		"console=dtuart dtuart=/pl011@9000000 dom0_mem=512M tee=optee noreboot"
	fdtput -t s "$work/dtb" /chosen xen,dom0-bootargs "console=hvc0 panic=-1 $append"
	load_at 0x42000000 "$xen"
	xen_module kernel 0x44000000 "$kernel"
	[[ -z $initramfs ]] || xen_module ramdisk 0x47000000 "$initramfs"
}

if [[ -n $xen ]]; then chosen_xen; else chosen_linux; fi
# The same seed each time: without one, Linux works out each random number of its early life, one for every
# system call, the long way, and that is what would be measured.
if $icount; then
	fdtput -t x "$work/dtb" /chosen rng-seed 6b8b4567 327b23c6 643c9869 66334873 74b0dc51 19495cff 2ae8944a 625558ec
fi
if [[ -n $reserve ]]; then
	node=/reserved-memory/kept@${reserve%,*}
	fdtput -p -t x "$work/dtb" /reserved-memory '#address-cells' 2
	fdtput -t x "$work/dtb" /reserved-memory '#size-cells' 2
	fdtput "$work/dtb" /reserved-memory ranges
	fdtput -p -t x "$work/dtb" "$node" reg 0 "${reserve%,*}" 0 "${reserve#*,}"
	fdtput "$work/dtb" "$node" no-map
fi

# setpriv and timeout end QEMU even if this script is killed without warning.
exec 3> >(exec tee "$log")
console=$!
setpriv --pdeathsig TERM timeout -k 5 "$seconds" setpriv --pdeathsig KILL "${qemu[@]}" -machine "$machine" \
	-serial stdio -serial file:"$secure_log" -dtb "$work/dtb" \
	"${load[@]}" "$@" </dev/null >&3 2>&3 &
vm=$!
exec 3>&-
{
	grep -q '^PANIC' < <(tail -n +1 -F --pid="$vm" "$secure_log") && sleep 0.5 && kill "$vm"
} >/dev/null 2>&1 &
ended=0
wait "$vm" || ended=$?
vm=
wait "$console" || true

fail() {
	{
		printf '\nboot.sh: %s\n' "$2"
		printf -- '--- end of the normal world console:\n%s\n' "$(tail -n 20 "$log")"
		printf -- '--- end of the secure world console:\n%s\n' "$(tail -n 20 "$secure_log")"
	} | tr -d '\r' >&2
	exit "$1"
}

# TF-A asks QEMU to end the machine and panics if it is still there a moment later: that one, even cut short, is none.
secure_panicked() {
	local line known='PANIC at PC : 0x'
	line=$(grep -m 1 '^PANIC' "$secure_log" | tr -d '\r') || return
	[[ $line != "$known"* && $known != "$line"* ]] ||
		! grep -qE 'QEMU System (Power off|Reset): with GPIO' "$log"
}

! secure_panicked || fail 122 "the secure world panicked"
[[ $ended -ne 124 && $ended -ne 137 ]] || fail 124 "no end after $seconds seconds"
status=$(tr -d '\r' <"$log" | sed -nE 's/.*dynshm-exit: ([0-9]+)$/\1/p' | tail -n 1)
[[ -n $status ]] || fail 123 "the machine stopped (QEMU's status $ended) without a dynshm-exit line"
exit "$status"
