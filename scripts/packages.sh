#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The Debian packages that each part of the work needs, named in this one place. Root gets what is missing
# installed; anybody else is told the command to run. Silent and quick when everything is there, so that
# make can ask before every step.
set -euo pipefail

usage() {
	cat <<'END'
usage: scripts/packages.sh [--check] GROUP...
Make sure that the Debian packages of each GROUP are installed.

  host    build and run the host tests
  spin    check the models
  lint    static checks, sanitizers, formatting
  image   cross-compile the secure-world image and the client
  arm     cross-compile for 32-bit cores
  fetch   fetch and unpack Debian packages (no root needed to fetch)
  boot    build TF-A and boot the stack in QEMU
  xen     build the Xen hypervisor
  all     all of these

  --check   install nothing, even as root; exit 1 and name what is missing
END
}

die() {
	echo "packages.sh: $*" >&2
	exit 2
}

packages_of() {
	case $1 in
	host) echo gcc libc6-dev make pkg-config libcmocka-dev ;;
	spin) echo gcc libc6-dev make spin ;;
	lint) echo clang clang-14 libclang-rt-14-dev clang-format clang-tidy cppcheck git shellcheck universal-ctags ;;
	image) echo make gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;;
	arm) echo gcc-arm-linux-gnueabihf ;;
	fetch) echo dpkg-dev patch xz-utils ;;
	boot)
		packages_of image
		packages_of fetch
		echo qemu-system-arm arm-trusted-firmware-tools device-tree-compiler cpio kmod
		;;
	xen)
		packages_of boot
		echo bison flex gcc libc6-dev python3
		;;
	all) for group in host spin lint image arm boot xen; do packages_of $group; done ;;
	*) die "no group '$1'; try --help" ;;
	esac
}

check_only=false
[[ ${1-} != --check ]] || { check_only=true && shift; }
case ${1-} in
-h | --help) usage && exit ;;
'') usage >&2 && exit 2 ;;
esac

wanted=()
for group; do
	list=$(packages_of "$group")
	read -ra names -d '' <<<"$list" || true
	wanted+=("${names[@]}")
done
mapfile -t wanted < <(printf '%s\n' "${wanted[@]}" | sort -u)

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
	sed -n 's/ installed$//p' || true)
mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}") <(sort -u <<<"$installed"))
[[ ${#missing[@]} -gt 0 ]] || exit 0

if $check_only || [[ $EUID -ne 0 ]]; then
	echo "packages.sh: not installed: ${missing[*]}" >&2
	echo "Install them with:  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
	exit 1
fi

echo "packages.sh: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt=(apt-get -qq -o DPkg::Lock::Timeout=600)
"${apt[@]}" update </dev/null
"${apt[@]}" install --no-install-recommends -y -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null >/dev/null ||
	die "apt-get could not install them; its messages are above"
