// What the root of a kernel host is made of. Used by debian-root.ts, which makes a root anew whenever this changes.
import { GUEST_FOLDER } from './guest-boot';

export const ROOT_PACKAGES: readonly string[] = [
  ...['systemd-sysv', 'dbus', 'kmod', 'perl-base', 'sudo', 'openssh-server', 'openssh-client'],
  ...['iptables', 'ipset', 'ipvsadm', 'iproute2', 'ifupdown', 'conntrack', 'procps', 'util-linux'],
  ...['curl', 'iputils-ping', 'iputils-arping', 'netcat-openbsd', 'tcpdump'],
];

/** Nobody reads the first there; ifupdown's hook for systemd-resolved starts a systemctl for each address, and finds it not enabled. */
export const LEFT_OUT: readonly string[] = [
  ...['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*'],
  '/etc/network/if-*.d/resolved',
];

/** What packages would ask when they are installed. The rules that iptables-persistent would save are those of this machine. */
export const ANSWERS = `
iptables-persistent iptables-persistent/autosave_v4 boolean false
iptables-persistent iptables-persistent/autosave_v6 boolean false
`;

// What it saves: docs/lab-notes/0200-kernel-hosts.md
const NOT_AT_BOOT = `
multi-user.target: dbus.service getty.target remote-fs.target systemd-ask-password-wall.path systemd-logind.service
multi-user.target: networking.service systemd-update-utmp-runlevel.service systemd-user-sessions.service
network-online.target: networking.service
sockets.target: systemd-initctl.socket systemd-journald-audit.socket systemd-udevd-control.socket systemd-udevd-kernel.socket
sysinit.target: cryptsetup.target dev-hugepages.mount dev-mqueue.mount integritysetup.target kmod-static-nodes.service
sysinit.target: proc-sys-fs-binfmt_misc.automount sys-fs-fuse-connections.mount sys-kernel-config.mount
sysinit.target: sys-kernel-debug.mount sys-kernel-tracing.mount systemd-ask-password-console.path systemd-binfmt.service
sysinit.target: systemd-firstboot.service systemd-journal-flush.service systemd-machine-id-commit.service
sysinit.target: systemd-pcrphase-sysinit.service systemd-pcrphase.service systemd-pstore.service systemd-random-seed.service
sysinit.target: systemd-repart.service systemd-sysusers.service systemd-tmpfiles-setup-dev.service
sysinit.target: systemd-udev-trigger.service systemd-udevd.service systemd-update-utmp.service veritysetup.target
timers.target: dpkg-db-backup.timer fstrim.timer systemd-tmpfiles-clean.timer
`;

/**
 * Runs in the new root. Units are not masked, only not started at boot: whoever needs logind (\`reboot\`) or D-Bus starts it.
 * The kernel has no working nf_tables. The keys of the SSH server come with each host's seed.
 */
export const SET_UP_ROOT = `
set -eu
for family in iptables ip6tables; do
  update-alternatives --quiet --set "$family" "/usr/sbin/$family-legacy"
done
depmod "$1"

while read -r target units; do
  for unit in $units; do
    rm -f "/usr/lib/systemd/system/\${target%:}.wants/$unit" "/etc/systemd/system/\${target%:}.wants/$unit"
  done
done <<'END'${NOT_AT_BOOT}END
mkdir -p /etc/systemd/system-generators
for generator in /usr/lib/systemd/system-generators/*; do
  ln -s /dev/null "/etc/systemd/system-generators/\${generator##*/}"
done
ln -sf /usr/lib/systemd/system/multi-user.target /etc/systemd/system/default.target

mkdir -p /etc/systemd/journald.conf.d /etc/systemd/system.conf.d
printf '[Journal]\\nStorage=volatile\\nRuntimeMaxUse=8M\\n' >/etc/systemd/journald.conf.d/lab.conf
printf '[Manager]\\nDefaultTimeoutStopSec=5s\\nRebootWatchdogSec=0\\n' >/etc/systemd/system.conf.d/lab.conf

mkdir -p /run/sshd
if /usr/sbin/sshd -t -o PerSourcePenalties=no 2>/dev/null; then
  echo 'SSHD_OPTS="-o PerSourcePenalties=no"' >/etc/default/ssh
fi
rm -f /etc/ssh/ssh_host_* /etc/machine-id /etc/resolv.conf
: >/etc/machine-id
: >/etc/fstab
mkdir -p ${GUEST_FOLDER}
`;
