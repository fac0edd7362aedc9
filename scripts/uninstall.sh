#!/bin/sh
# Removes what scripts/install.sh installed. See docs/install.md.
set -eu

usage() {
  cat <<'USAGE'
Usage: scripts/uninstall.sh [OPTION...]

Stops the service cloud-monitor and removes it with its program and commands. Data, configuration and the user
cloud-monitor stay: installing again goes on with them. It needs root.

  --purge           remove data, configuration, drop-ins and the user too
  --prefix=FOLDER   where the program was installed (default /opt/cloud-monitor)
  --help            show this

Exit codes: 0 removed (or nothing was there), 1 failure, 2 wrong usage.
USAGE
}

PREFIX=/opt/cloud-monitor
CONFIG=/etc/cloud-monitor
STATE=/var/lib/cloud-monitor
UNIT=/etc/systemd/system/cloud-monitor.service
ACCOUNT=cloud-monitor
MARK="Written by scripts/install.sh of cloud-monitor."
purge=no

main() {
  for option in "$@"; do
    case $option in
      --purge) purge=yes ;;
      --prefix=/?*) PREFIX=${option#--prefix=} PREFIX=${PREFIX%/} ;;
      --help) usage && exit 0 ;;
      *) wrong "unknown option $option (a prefix is given as --prefix=/FOLDER)" ;;
    esac
  done
  [ "$(id -u)" = 0 ] || fail "wanted root; run it with sudo"
  remove_service
  remove_program
  [ "$purge" = no ] || purge_all
  say "removed"
  [ "$purge" = yes ] || say "kept $STATE, $CONFIG and the user $ACCOUNT; --purge removes them too"
}

remove_service() {
  [ -e "$UNIT" ] || return 0
  systemctl --quiet disable --now cloud-monitor
  rm -f "$UNIT"
  systemctl daemon-reload
  # A failed service would stay in the list.
  systemctl reset-failed cloud-monitor 2>/dev/null || true
}

remove_program() {
  for name in cloud-monitor cloudctl; do
    if grep -qF "$MARK" "/usr/local/bin/$name" 2>/dev/null; then rm -f "/usr/local/bin/$name"; fi
  done
  rm -rf "$PREFIX.new"
  [ -e "$PREFIX" ] || return 0
  [ -e "$PREFIX/core/dist/main.js" ] || fail "$PREFIX contains something else; nothing was removed there"
  rm -rf "$PREFIX"
}

purge_all() {
  rm -rf "$STATE" "$CONFIG" "$UNIT.d"
  systemctl daemon-reload
  if getent passwd "$ACCOUNT" >/dev/null; then userdel "$ACCOUNT"; fi
}

say() {
  printf 'uninstall.sh: %s\n' "$1"
}

wrong() {
  printf 'uninstall.sh: %s; see --help\n' "$1" >&2
  exit 2
}

fail() {
  printf 'uninstall.sh: %s\n' "$1" >&2
  exit 1
}

main "$@"
