#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Fetches the parts of the real stack from the Debian archive this machine is set up for, and unpacks them into
# a cache folder outside the build folder. apt gets a state folder of its own, so foreign architectures and
# source packages need neither root nor a change to the machine; apt checks signatures as always. A part is
# unpacked beside its place and renamed, so what is in the cache is complete and is never fetched again.
set -euo pipefail
shopt -s extglob

usage() {
	cat <<'END'
usage: scripts/fetch.sh [--link DIR] WHAT...
Fetch each WHAT into $DYNSHM_CACHE (default: ${XDG_CACHE_HOME:-$HOME/.cache}/dynshm), unless it is there.

  tfa     TF-A's source
  tfa-new TF-A's source of Debian 13, to test behind
  libfdt  libfdt's source, sources and headers in one folder
  linux   Debian's arm64 kernel for virtual machines: vmlinuz (raw Image), config, lib/modules/
  user    arm64 busybox, libteec and its headers
  xen     Xen's source

  --link DIR   also make DIR/WHAT a symbolic link to the cached folder
END
}

die() {
	echo "fetch.sh: $*" >&2
	exit 1
}

temp=
trap '[[ -z $temp ]] || rm -rf "$temp"' EXIT
cache=${DYNSHM_CACHE:-${XDG_CACHE_HOME:-${HOME:?set HOME or DYNSHM_CACHE}/.cache}/dynshm}
state=$cache/apt

apt() {
	local tool=$1
	shift
	"$tool" -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root \
		-o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::State::Lists="$state/lists" \
		-o Dir::Cache="$state" -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$state/sources" \
		-o Acquire::Retries=3 "$@" </dev/null
}

# The machine's own package sources, with source packages switched on and limits to one architecture dropped.
derive_sources() {
	local list='' parts='' file
	eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
	for file in "$list" "$parts"/*.list; do
		[[ ! -f $file ]] || sed -nE 's/[[:space:]]+#.*//
			s/(\[.*)\barch=[^] ]+/\1/; s/\[[[:space:]]+/[/; s/[[:space:]]+\]/]/
			s/^deb(-src)?[[:space:]]+(.*)/deb \2\ndeb-src \2/p' "$file"
	done | sort -u >"$state/sources/machine.list"
	for file in "$parts"/*.sources; do
		[[ ! -f $file ]] || sed -E 's/^Types:.*/Types: deb deb-src/I; /^Architectures:/Id' "$file" \
			>"$state/sources/${file##*/}"
	done
}

# The same archives with another release's source packages only.
use_release() {
	local now file
	now=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	[[ -n $now ]] || die "/etc/os-release names no release"
	sed -i -nE "s/^(deb-src .*) $now( .*)/\1 $1\2/p" "$state"/sources/*.list
	for file in "$state"/sources/*.sources; do
		[[ ! -f $file ]] || sed -i -E "s/^Types:.*/Types: deb-src/I
			/^Suites:.* $now( |\$)/I!s/^Suites:.*/&\nEnabled: no/I
			s/^Suites:.* $now( .*|\$)/Suites: $1/I" "$file"
	done
}

# Reads the package lists, at most once an hour; those of RELEASE's sources if one is named.
prepare_apt() {
	[[ -z $(find "$state/fresh" -mmin -60 2>/dev/null) ]] || return 0
	rm -rf "$state"
	mkdir -p "$state"/{lists,archives,sources}/partial
	: >"$state/status"
	derive_sources
	[[ -z ${1-} ]] || use_release "$1"
	echo "fetch.sh: reading the package lists"
	apt apt-get update >"$state/log" 2>&1 || cat "$state/log" >&2
	compgen -G "$state/lists/*_@(Packages|Sources)*" >/dev/null || {
		tail -n 3 "$state/log" >&2
		die "no package list${1:+ of $1} could be read; is the network up?"
	}
	touch "$state/fresh"
}

# Tries `get NAME VERSION` from the newest version down: an index may name one that the archive no longer has.
newest_of() {
	local get=$1 name=$2 version versions
	versions=$(apt apt-cache madison "$name" 2>"$state/log" | awk -v src="$([[ $get != get_source ]] || echo 1)" \
		'($NF == "Sources") == (src == 1) { print $3 }' | sort -ruV)
	[[ -n $versions ]] || die "the package lists name no $name; is this Debian 12 or later?"
	for version in $versions; do
		echo "fetch.sh: $name $version"
		! "$get" "$name" "$version" >"$state/log" 2>&1 || return 0
		echo "fetch.sh: $name $version could not be fetched"
		rm -rf unpacked "${name}"_*
	done
	cat "$state/log" >&2
	die "no version of $name could be fetched"
}

get_source() {
	apt apt-get source --download-only --only-source "$1=$2" || return
	dpkg-source --no-check -x "$1"_*.dsc unpacked && rm -f "$1"_*
}

get_binary() {
	apt apt-get download "$1=$2" || return
	dpkg-deb -x "$1"_*.deb . && rm -f "$1"_*.deb
}

# linux-image-cloud-arm64 holds nothing: fetch the kernel it depends on.
get_kernel() {
	local kernel
	kernel=$(apt apt-cache show "$1=$2" | sed -nE 's/^Depends: *(linux-image-[^ ,]*).*/\1/p' | head -n 1)
	[[ -n $kernel ]] && apt apt-get download "$kernel" && dpkg-deb -x "$kernel"_*.deb .
}

part_tfa() {
	newest_of get_source arm-trusted-firmware
	mv unpacked/* .
}

# Its package lists have a folder of their own, as nothing else may come from them.
part_tfa-new() {
	state=$cache/apt-trixie
	prepare_apt trixie
	part_tfa
}

# TF-A carries libfdt unchanged, so that no second source package is needed.
part_libfdt() {
	cp -a "$cache"/tfa/lib/libfdt/*.[ch] "$cache"/tfa/include/lib/libfdt/*.h .
}

part_xen() {
	newest_of get_source xen
	mv unpacked/* .
}

part_linux() {
	newest_of get_kernel linux-image-cloud-arm64
	mv boot/vmlinuz-* vmlinuz
	mv boot/config-* config
	[[ -d lib ]] || mv usr/lib .
	if gzip -t vmlinuz 2>/dev/null; then
		gzip -dc <vmlinuz >Image && mv Image vmlinuz
	fi
	[[ $(od -An -c -j 56 -N 4 vmlinuz | tr -d ' ') == ARMd ]] || die "this kernel is not a raw arm64 Image"
	rm -rf boot usr ./*.deb
}

part_user() {
	local name
	for name in busybox-static libteec1 optee-client-dev; do newest_of get_binary $name; done
}

fetch() {
	local what=$1
	rm -rf "$cache/.$what".*
	temp=$(mktemp -d "$cache/.$what.XXXXXX")
	chmod 755 "$temp"
	(
		cd "$temp"
		"part_$what"
		rm -rf unpacked
	)
	mv -T "$temp" "$cache/$what"
}

link=
[[ ${1-} != --link ]] || { link=${2-} && shift 2; }
case ${1-} in
-h | --help) usage && exit ;;
'') usage >&2 && exit 2 ;;
esac

# Makes sure that one part is in the cache.
provide() {
	local what=$1
	[[ ! -d $cache/$what ]] || return 0
	[[ $what != libfdt ]] || provide tfa
	"${0%/*}/packages.sh" fetch
	mkdir -p "$cache"
	exec 9>"$cache/lock"
	if ! flock -n 9; then
		echo "fetch.sh: waiting for another fetch"
		flock 9
	fi
	if [[ ! -d $cache/$what ]]; then
		[[ $what == libfdt ]] || prepare_apt
		fetch "$what"
	fi
	exec 9>&-
}

for what; do
	declare -F "part_$what" >/dev/null || die "do not know '$what'; try --help"
	provide "$what"
	if [[ -n $link ]]; then
		mkdir -p "$link"
		ln -sfnT "$cache/$what" "$link/$what"
	fi
done
