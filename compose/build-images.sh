#!/usr/bin/env bash
# What each image holds beyond its base, below OUT/<image>/: programs without symbols, the libraries that the base lacks, and
# certificates, where OpenSSL looks for them.
#   build-images.sh OUT                   compiles; the build stage of compose/Dockerfile
#   build-images.sh OUT BIN DPKG_FOLDER   of the programs in BIN, for a base whose dpkg keeps its records in that folder
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
out=${1:?where to} bin=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The libraries of the base, before anything is installed.
cat "${3:-/var/lib/dpkg}"/info/*.list | sed -n 's|.*/\([^/]*\.so[^/]*\)$|\1|p' | sort -u >"$work/base"

if [ -z "$bin" ]; then
  # shellcheck source=tools/packages.sh
  . tools/packages.sh
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${BUILD_PACKAGES[@]%%|*}" ca-certificates >/dev/null
  cmake --preset release
  cmake --build build/release
  bin=build/release/bin
fi

small_icu() { # where to; of ICU's data we use what names and mail domains need: 0.6 of 31 MB
  local data=$work/icu
  mkdir -p "$data"
  [ -e "$data/small.so" ] || (cd "$data" && ar x "$(dpkg -L libicu-dev | grep '/libicudata\.a$')" && objcopy -O binary -j .rodata ./*.o icudt72l.dat &&
    icupkg -l icudt72l.dat | grep -Ev '^(uts46|nfkc|nfkc_cf)\.nrm$|^confusables\.cfu$|^uemoji\.icu$' >others.txt &&
    mkdir small && icupkg -r others.txt icudt72l.dat small/icudt72l.dat &&
    printf '%s\n' '.section .rodata' '.balign 16' '.globl icudt72_dat' '.type icudt72_dat, @object' 'icudt72_dat:' \
      '.incbin "small/icudt72l.dat"' '.size icudt72_dat, .-icudt72_dat' '.section .note.GNU-stack,"",@progbits' >data.s &&
    gcc -shared -nostdlib -Wl,-soname,libicudata.so.72 -o small.so data.s)
  install -m 0644 "$data/small.so" "$1"
}
fill() { # image program...
  local root=$out/$1 program library
  local libraries
  libraries=$root/usr/lib/$(gcc -print-multiarch)
  shift
  mkdir -p "$root/usr/bin" "$libraries" "$root/etc/ssl/certs" "$root/usr/lib/ssl"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  # Debian has these two in the package openssl, which is not in the base.
  ln -s /etc/ssl/certs "$root/usr/lib/ssl/certs"
  ln -s /etc/ssl/certs/ca-certificates.crt "$root/usr/lib/ssl/cert.pem"
  for program in "$@"; do
    strip -o "$root/usr/bin/$program" "$bin/$program"
    while read -r library; do
      if [ -e "$libraries/${library##*/}" ] || grep -qxF "${library##*/}" "$work/base"; then continue; fi
      case $library in
        */libicudata.so.72) small_icu "$libraries/libicudata.so.72" ;;
        *) cp -L "$library" "$libraries/" ;;
      esac
    done < <(ldd "$bin/$program" | awk '$3 ~ /^\// {print $3}')
  done
}
for daemon in health_exporter business_exporter security_exporter alertd; do fill "$daemon" "$daemon"; done
fill authd authd authctl
fill prepare fleet_files
