# Installs Debian packages that are missing, saying which and why; asks for root only for that. Sourced by ./picket.
# shellcheck shell=bash

package_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_packages() { # "package|why"... -> the lines whose package is not installed
  local entry
  for entry in "$@"; do package_installed "${entry%%|*}" || printf '%s\n' "$entry"; done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; return; fi
  command -v sudo >/dev/null || die "installing packages needs root, and there is no sudo: run as root once, or install them yourself: $*"
  sudo "$@"
}

# Package scripts start their service. A policy-rc.d that answers 101 keeps them still, for the length of the installation.
with_services_held() {
  local policy=/usr/sbin/policy-rc.d made=0 status=0
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod 755 "$policy" && made=1
  fi
  "$@" || status=$?
  [ "$made" = 0 ] || as_root rm -f "$policy"
  return "$status"
}

hold_new_services() { # units of packages installed just now: not at boot either
  [ -d /run/systemd/system ] || return 0
  local unit package
  for unit in "${SERVICE_UNITS[@]}"; do
    package=${unit%%:*} unit=${unit#*:}
    case " $* " in *" $package "* | *" $package-15 "*) as_root systemctl disable --quiet "$unit" ;; esac
  done
}

ensure_packages() { # what-for "package|why"...
  local purpose=$1 entry names=() missing=()
  shift
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  [ -r /etc/debian_version ] || die "Picket installs Debian packages, and this is not Debian. Needed: ${missing[*]%%|*}"
  say "$purpose needs ${#missing[@]} Debian packages that are not installed:"
  for entry in "${missing[@]}"; do
    printf '    %-30s %s\n' "${entry%%|*}" "${entry#*|}"
    names+=("${entry%%|*}")
  done
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || die "apt-get update failed: see the lines above"
  with_services_held as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${names[@]}" >"$install_log" 2>&1 ||
    { tail -n 20 "$install_log" >&2; die "installing packages failed: the whole output is in $install_log"; }
  hold_new_services "${names[@]}"
  say "installed (no service was started)"
}
