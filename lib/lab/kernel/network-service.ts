// Who sets up a kernel host's addresses and routes at boot: the lab's own unit, or one of Debian's. Used by kernel-seed.ts.
import type { HostSpec } from '../spec';
import { linkLines, routeLines } from '../wire';
import { GUEST_FOLDER, networkUnit, onlineUnit } from './guest-boot';
import { printInterfaces } from './ifupdown';
import { networkdFiles } from './networkd';

/** What a seed gets for it. */
export interface NetworkFiles {
  /** Texts by path. */
  readonly files: Readonly<Record<string, string>>;
  /** As `systemctl enable` links them: what is linked to, by the link's path below /etc/systemd/system. */
  readonly enabled: Readonly<Record<string, string>>;
}

export function networkFiles(host: HostSpec): NetworkFiles {
  switch (host.network) {
    case 'lab':
      return labNetwork(host);
    case 'systemd-networkd':
      return networkd(host);
    case 'ifupdown':
      return ifupdown(host);
  }
}

function labNetwork(host: HostSpec): NetworkFiles {
  const routes6 = routeLines(host, 'ipv6');
  const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
  return {
    files: {
      [`${GUEST_FOLDER}/network`]: lines([...linkLines(host), ...routeLines(host, 'ipv4')]),
      [`${GUEST_FOLDER}/network6`]: lines(routes6),
      'etc/systemd/system/lab-network.service': networkUnit(routes6),
    },
    enabled: { 'multi-user.target.wants/lab-network.service': '../lab-network.service' },
  };
}

const DEBIANS = '/lib/systemd/system';

// It asks udev of each link, which is not there: where it cannot write to /sys, as in containers, it takes links as they are.
const WITHOUT_UDEV = '[Service]\nReadOnlyPaths=/sys\n';

function networkd(host: HostSpec): NetworkFiles {
  const service = `${DEBIANS}/systemd-networkd.service`;
  return {
    files: {
      ...networkdFiles(host),
      'etc/systemd/system/systemd-networkd.service.d/lab.conf': WITHOUT_UDEV,
      'etc/systemd/system/lab-online.service': onlineUnit(host.links.map(({ device }) => device)),
    },
    enabled: {
      'dbus-org.freedesktop.network1.service': service,
      'multi-user.target.wants/systemd-networkd.service': service,
      'sockets.target.wants/systemd-networkd.socket': `${DEBIANS}/systemd-networkd.socket`,
      'network-online.target.wants/systemd-networkd-wait-online.service': `${DEBIANS}/systemd-networkd-wait-online.service`,
      'multi-user.target.wants/lab-online.service': '../lab-online.service',
    },
  };
}

function ifupdown(host: HostSpec): NetworkFiles {
  const service = `${DEBIANS}/networking.service`;
  return {
    files: { 'etc/network/interfaces': printInterfaces(host) },
    enabled: {
      'multi-user.target.wants/networking.service': service,
      'network-online.target.wants/networking.service': service,
    },
  };
}
