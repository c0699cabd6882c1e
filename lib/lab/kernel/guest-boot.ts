// What a kernel host runs at boot beside Debian's own: the first program, and the units of the lab. Used by debian-root.ts and kernel-seed.ts.

/** Where the root and the seed have the lab's own files, all of which belong to no package of Debian. */
export const GUEST_FOLDER = '/usr/lib/lab';

/**
 * The first process of a kernel host, before systemd. At the first boot it unpacks the host's seed, a tar archive that is the
 * second disk; at every boot it names the devices, so that sysctls by device name find theirs.
 */
export const INIT_PROGRAM = `#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 022
if [ ! -e ${GUEST_FOLDER}/seeded ]; then
  tar --extract --file /dev/ubdb --directory / --no-overwrite-dir
  sh ${GUEST_FOLDER}/first-boot </dev/null >/dev/console 2>&1
  : >${GUEST_FOLDER}/seeded
fi
ip -batch ${GUEST_FOLDER}/devices </dev/null >/dev/console 2>&1
exec /lib/systemd/systemd
`;

/**
 * Runs once, before systemd. Accounts and programs to hide are read from files, not put into its text. Synced at its end: after
 * a power cut the note that this was done must not be there without what was done.
 */
export const FIRST_BOOT_PROGRAM = `
cd ${GUEST_FOLDER}
chmod 755 /etc/ssh /etc/ssh/authorized_keys
while read -r user; do
  [ "$user" = root ] || useradd --create-home --shell /bin/sh --password '*' "$user"
done <users
if [ -s passwords ]; then chpasswd <passwords; fi
rm passwords
while read -r program; do
  for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
    rm -f "$folder/$program" "$folder/$program"-*
  done
done <without
sync
`;

/** Addresses and routes come where a machine's network service would set them: what has to precede the network can. */
export function networkUnit(routes6: readonly string[]): string {
  const routing6 = `ExecStart=/bin/ip -6 -batch ${GUEST_FOLDER}/network6\n`;
  return `[Unit]
Description=Addresses and routes of the lab file
DefaultDependencies=no
Wants=network-pre.target network.target
After=network-pre.target systemd-sysctl.service
Before=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/ip -batch ${GUEST_FOLDER}/network
${routes6.length > 0 ? routing6 : ''}`;
}

/** systemd-networkd says that it has started before links are set up; the host has booted when they are. `lo` is always there. */
export function onlineUnit(devices: readonly string[]): string {
  const links = ['lo', ...devices].map((device) => ` --interface=${device}:carrier`).join('');
  return `[Unit]
Description=Links of the lab file, set up by systemd-networkd
After=systemd-networkd.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/lib/systemd/systemd-networkd-wait-online --timeout=60${links}
ExecStart=/bin/sh -c '! grep -h ADMIN_STATE=failed /run/systemd/netif/links/*'
`;
}

/** With the arguments of SERVE_PROGRAM. */
export function serveUnit(args: readonly string[]): string {
  return `[Unit]
Description=Servers of the lab file
After=network.target

[Service]
Type=forking
ExecStart=/usr/bin/perl ${GUEST_FOLDER}/serve ${args.join(' ')}
`;
}

/** With the arguments of DOOR_PROGRAM. It opens while the host still boots: who enters asks systemd how far that has come. */
export function doorUnit(args: readonly string[]): string {
  return `[Unit]
Description=Door of the lab

[Service]
ExecStart=/usr/bin/perl ${GUEST_FOLDER}/door ${args.join(' ')}
KillMode=process
`;
}
