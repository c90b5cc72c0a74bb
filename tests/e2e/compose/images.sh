#!/usr/bin/env bash
# Root file systems for the container test, of this machine's Debian mirror: images.sh FOLDER makes FOLDER/base.tar (a minimal
# Debian 12) and FOLDER/peers.tar (with PostgreSQL, Redis, nginx, Prometheus and a mail server) when they are not there.
set -euo pipefail
cache=${1:?where to}
mkdir -p "$cache"
[ ! -e "$cache/base.tar" ] || [ ! -e "$cache/peers.tar" ] || exit 0
mirror=$(apt-get indextargets --format '$(REPO_URI)|$(CODENAME)' 'Created-By: Packages' | sed -n 's/|bookworm$//p' | head -n 1)
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
debootstrap --variant=minbase bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$cache/debootstrap.log" 2>&1 ||
  { tail -n 20 "$cache/debootstrap.log" >&2; exit 1; }
rm -rf "$root"/var/cache/apt/archives/*.deb
tar -C "$root" --exclude=./var/lib/apt/lists/* -cf "$work/base.tar" .

printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
{
  chroot "$root" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -qq --no-install-recommends \
    postgresql-15 redis-server nginx-light prometheus curl wget python3-aiosmtpd
} >"$cache/peers.log" 2>&1 || { tail -n 20 "$cache/peers.log" >&2; exit 1; }
# As in the image that the stack names.
chroot "$root" usermod -u 999 postgres
chroot "$root" groupmod -g 999 postgres
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
tar -C "$root" -cf "$work/peers.tar" .
mv "$work/base.tar" "$work/peers.tar" "$cache/"
