#!/bin/sh
# run-booted.sh [SUITE]: the tests of the service on a booted Debian, for example trixie (systemd 257). `npm test` runs them
# on bookworm (252). Needs root, systemd-container, mmdebstrap and curl; 80 s, with the root made before 55 s.
set -eu
cd "$(dirname "$0")/../.."
export CLOUD_MONITOR_TEST_DEBIAN="${1:-trixie}"
PATH=$PWD/node_modules/.bin:$PATH
node scripts/bundle.mjs
NODE_OPTIONS='--experimental-vm-modules --conditions=source --disable-warning=ExperimentalWarning' \
  exec jest tests/systemd/booted.test.ts
