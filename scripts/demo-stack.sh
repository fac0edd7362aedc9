#!/usr/bin/env bash
# Shows an alert from end to end on this machine: a daemon with a simulated fleet, Prometheus, Alertmanager, a mail sink
# and a webhook sink, all on loopback and in one temporary folder. An instance dies, the alert arrives by mail and
# webhook, the instance recovers, the resolved alert arrives; then everything is stopped, also on Ctrl-C.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/demo-stack.sh [--zone-outage] [--keep] [--json]

  --zone-outage  then 200 instances of one zone die: one message for all of them
  --keep         leave it all running until Ctrl-C
  --json         tell it as one JSON object a line

PROMETHEUS_BIN and ALERTMANAGER_BIN name other programs than those in PATH.
TEXT
}

for argument in "$@"; do
  case $argument in
    --zone-outage | --keep | --json) ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      echo "demo-stack: unknown option $argument" >&2
      usage >&2
      exit 2
      ;;
  esac
done

# first_of NAME...: the file of the first of these programs that is in PATH.
first_of() {
  local name
  for name in "$@"; do
    command -v "$name" && return
  done
  echo "demo-stack: found no $1 in PATH; on Debian: apt-get install prometheus prometheus-alertmanager" >&2
  return 1
}

PROMETHEUS_BIN=$(first_of "${PROMETHEUS_BIN:-prometheus}") || exit 2
# Outside Debian it is called alertmanager.
ALERTMANAGER_BIN=$(first_of "${ALERTMANAGER_BIN:-prometheus-alertmanager}" "${ALERTMANAGER_BIN:-alertmanager}") || exit 2
first_of setpriv >/dev/null || exit 2
export PROMETHEUS_BIN ALERTMANAGER_BIN

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Installs missing dependencies and bundles the daemon.
node scripts/run.mjs build >&2
# The packaged Node if there is one: the system's may be too old.
PATH=$PWD/node_modules/.bin:$PATH
exec node scripts/demo/main.mjs "$@"
