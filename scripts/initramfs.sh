#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Builds the file system of the test Linux: busybox, the TEE driver, the C library, libteec and what the caller
# adds. Needs no root, holds no device nodes, and gives the same bytes for the same input.
set -euo pipefail

usage() {
	cat <<'END'
usage: scripts/initramfs.sh [--module NAME]... OUT [FILE...]
Write a compressed cpio archive to OUT. Each FILE is SRC:DEST, or SRC alone for /bin/SRC. Linux runs scripts/init.sh
as its first process, and that runs what the kernel command line names: dynshm.run=PROGRAM,ARG,...

  --module NAME   add a kernel module and load it at boot, with what it depends on, after tee and optee

Environment: CROSS_COMPILE (default: aarch64-linux-gnu-), SOURCE_DATE_EPOCH, and what scripts/fetch.sh reads.
END
}

die() {
	echo "initramfs.sh: $*" >&2
	exit 1
}

modules=(tee optee)
while [[ ${1-} == -* ]]; do
	case $1 in
	--module) modules+=("${2:?--module takes a name}") && shift ;;
	-h | --help) usage && exit ;;
	*) die "no option $1; try --help" ;;
	esac
	shift
done
[[ $# -ge 1 ]] || { usage >&2 && exit 2; }
out=$(realpath -m "$1")
shift

scripts=$(dirname "$(realpath "$0")")
"$scripts/packages.sh" boot
umask 022
work=$(mktemp -d -t dynshm-initramfs.XXXXXX)
trap 'rm -rf "$work"' EXIT
"$scripts/fetch.sh" --link "$work/cache" linux user
root=$work/root
mkdir -p "$root"/{bin,dev,lib/modules,proc,root,sbin,sys,tmp,usr/bin,usr/sbin}

# add SRC DEST
add() {
	local mode=644
	[[ -f $1 ]] || die "no file $1"
	[[ ! -x $1 ]] || mode=755
	install -D -m $mode "$1" "$root/$2"
}

# add_module NAME: what it depends on goes first.
add_module() {
	local name=${1//-/_} file dependency
	[[ ! -e $root/lib/modules/$name.ko ]] || return 0
	file=$(find "$work/cache/linux/lib/modules/" -name "${name//_/[-_]}.ko*" -print -quit)
	[[ -n $file ]] || die "this kernel has no module $1"
	for dependency in $(modinfo -F depends "$file" | tr , ' '); do add_module "$dependency"; done
	case $file in
	*.xz) xz -dc "$file" ;;
	*.zst) zstd -qdc "$file" ;;
	*.gz) gzip -dc "$file" ;;
	*) cat "$file" ;;
	esac >"$root/lib/modules/$name.ko"
	echo "$name.ko" >>"$root/lib/modules/load"
}

for module in "${modules[@]}"; do add_module "$module"; done
install -m 755 "$scripts/init.sh" "$root/init"
add "$(find "$work/cache/user/" -path '*bin/busybox')" bin/busybox
add "$(find "$work/cache/user/" -name libteec.so.1)" lib/libteec.so.1
for library in ld-linux-aarch64.so.1 libc.so.6 libdl.so.2 libm.so.6 libpthread.so.0 librt.so.1; do
	file=$("${CROSS_COMPILE:-aarch64-linux-gnu-}gcc" -print-file-name=$library)
	[[ $file == /* ]] || die "the arm64 C library has no $library; is libc6-dev-arm64-cross installed?"
	add "$file" lib/$library
done
for file; do
	dest=${file#*:}
	[[ $file == *:* ]] || dest=bin/${file##*/}
	add "${file%%:*}" "$dest"
done

find "$root" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +
mkdir -p "$(dirname "$out")"
(cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc --reproducible -R 0:0 --quiet) |
	gzip -9n >"$work/out"
mv "$work/out" "$out"
