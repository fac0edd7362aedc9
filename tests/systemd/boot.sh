#!/bin/bash
# boot.sh ROOT SCRATCH [NSPAWN-OPTION...]: boots a Debian root with systemd as its first process. SIGTERM, or the end of
# the caller, shuts it down; then everything that it made is removed, SCRATCH included.
# ROOT stays as it is: what the machine writes goes to SCRATCH. At each boot it prints the process id of the
# container's supervisor.
set -euo pipefail
root=$1 scratch=$2
shift 2

if [ "${CLOUD_MONITOR_TEST_IN_NAMESPACE:-}" != 1 ]; then
  # The namespace takes the mount with it; a killed caller must not leave a machine behind.
  export CLOUD_MONITOR_TEST_IN_NAMESPACE=1
  exec setpriv --pdeathsig TERM unshare --mount -- "$0" "$root" "$scratch" "$@"
fi

name=cloud-monitor-test-$$
mkdir -p "$scratch/upper" "$scratch/work" "$scratch/machine"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/machine"

# The machine's own cgroups, so that its limits end within ours. Version 1 has a tree for each controller.
cgroups=()
while IFS=: read -r _ controller own; do
  tree=/sys/fs/cgroup/${controller#name=}
  [ -n "$controller" ] || tree=/sys/fs/cgroup/unified
  case $controller in memory | pids | cpu | cpuacct | name=systemd | "") ;; *) continue ;; esac
  [ -d "$tree" ] || continue
  mkdir "$tree${own%/}/$name"
  cgroups+=("$tree${own%/}/$name")
done </proc/self/cgroup

boot() {
  (
    for cgroup in "${cgroups[@]}"; do echo "$BASHPID" >"$cgroup/cgroup.procs"; done
    exec setpriv --pdeathsig TERM systemd-nspawn --quiet --directory="$scratch/machine" --machine="$name" \
      --register=no --keep-unit --private-network --console=pipe \
      --system-call-filter="adjtimex clock_adjtime" "$@" --boot
  ) </dev/null >>"$scratch/console" 2>&1 &
  supervisor=$!
  echo "$supervisor"
  # A signal ends `wait`, not what it waits for.
  status=0
  wait "$supervisor" || status=$?
  while kill -0 "$supervisor" 2>/dev/null; do
    status=0
    wait "$supervisor" || status=$?
  done
}

trap 'kill "$supervisor" 2>/dev/null' TERM INT HUP
boot "$@"
# Its way to say that the machine wants to boot again.
while [ "$status" = 133 ]; do boot "$@"; done

for cgroup in "${cgroups[@]}"; do find "$cgroup" -depth -type d -exec rmdir {} \;; done
rmdir "/run/systemd/nspawn/propagate/$name" 2>/dev/null || true
umount "$scratch/machine"
rm -rf "$scratch"
