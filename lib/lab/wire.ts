// Lays the cables of a lab: bridges and veth pairs, then addresses and routes in each host. Used by build-lab.ts, lab.ts and kernel/.
import { printInterfaceAddress } from './addresses';
import { inNetworkOf } from './namespaces';
import type { ProcessIdentity } from './process-identity';
import { mustRun } from './run';
import { settleAll } from './settle-all';
import type { HostSpec, NetworkSpec, SysctlSpec } from './spec';

/** A host whose namespaces are there. */
export interface WiredHost {
  readonly spec: HostSpec;
  readonly init: ProcessIdentity;
  /** The names of the cables' other ends in the switch, by device. */
  readonly switchPorts: Readonly<Record<string, string>>;
}

/** Port names for all links of a lab; the dot keeps them apart from the bridges, which bear the networks' names. */
export function nameSwitchPorts(hosts: readonly HostSpec[]): Map<string, Record<string, string>> {
  let number = 0;
  return new Map(
    hosts.map(({ name, links }) => [
      name,
      Object.fromEntries(links.map(({ device }) => [device, `port.${number++}`])),
    ]),
  );
}

export async function wire(
  switchProcess: ProcessIdentity,
  networks: readonly NetworkSpec[],
  hosts: readonly WiredHost[],
): Promise<void> {
  const sharingOurKernel = hosts.filter(({ spec }) => spec.kind !== 'kernel');
  await settleAll(sharingOurKernel.map((host) => setSysctls(host, sysctlsOf(host.spec).beforeLinks)));
  await ipBatch(switchProcess, [], switchLines(networks, hosts));
  await settleAll(sharingOurKernel.map(configure));
}

/** Plugs a cable in or out at the switch: the host sees its link lose the carrier, and keeps its addresses. */
export async function setCarrier(switchProcess: ProcessIdentity, port: string, isUp: boolean): Promise<void> {
  await ipBatch(switchProcess, [], [`link set ${port} ${isUp ? 'up' : 'down'}`]);
}

/** The ports whose cables are plugged in. */
export async function readCarriers(switchProcess: ProcessIdentity): Promise<string[]> {
  const shown = await mustRun(inNetworkOf(switchProcess, ['ip', '-brief', 'link', 'show', 'up']));
  return shown
    .split('\n')
    .flatMap((line) => (line.startsWith('port.') ? [line.split(/[@\s]/)[0] ?? ''] : []));
}

function switchLines(networks: readonly NetworkSpec[], hosts: readonly WiredHost[]): string[] {
  const bridges = networks.flatMap(({ name, operator }) => [
    `link add name ${name} type bridge forward_delay 0 mcast_snooping 0`,
    ...(operator === undefined ? [] : [`addr add ${printInterfaceAddress(operator)} dev ${name}`]),
    `link set ${name} up`,
  ]);
  const cables = hosts.flatMap((host) =>
    host.spec.links.flatMap(({ device, network }) => {
      const port = host.switchPorts[device] ?? '';
      const peer = host.spec.kind === 'kernel' ? kernelPort(port) : `${device} netns ${host.init.pid}`;
      return [
        `link add name ${port} type veth peer name ${peer}`,
        `link set ${port} master ${network} up alias ${host.spec.name}/${device}`,
        ...(host.spec.kind === 'kernel' ? [`link set ${kernelPort(port)} arp off up`] : []),
      ];
    }),
  );
  return [...bridges, ...cables];
}

/**
 * The other end of the cable from a port to a kernel host: it stays in the switch's namespace, where the host's kernel, a
 * process of the lab, takes frames from it and sends frames by it.
 */
export function kernelPort(port: string): string {
  return port.replace('port.', 'plug.');
}

async function configure(host: WiredHost): Promise<void> {
  const { spec, init } = host;
  await setSysctls(host, sysctlsOf(spec).afterLinks);
  await ipBatch(init, [], ['link set lo up', ...linkLines(spec), ...routeLines(spec, 'ipv4')]);
  await ipBatch(init, ['-6'], routeLines(spec, 'ipv6'));
}

/** Lines for `ip -batch`: the addresses of a host, and its links up. */
export function linkLines({ links }: HostSpec): string[] {
  return links.flatMap(({ device, addresses }) => [
    ...addresses.map((address) => {
      const flag = address.family === 'ipv6' ? ' nodad' : '';
      return `addr add ${printInterfaceAddress(address)} dev ${device}${flag}`;
    }),
    `link set ${device} up`,
  ]);
}

/** Lines for `ip -batch`, or `ip -6 -batch`. */
export function routeLines(spec: HostSpec, family: 'ipv4' | 'ipv6'): string[] {
  return spec.routes
    .filter((route) => route.family === family)
    .map(({ words }) => `route add ${words.join(' ')}`);
}

/** Keys that name a device wait for the device; all others (`default` above all) must be there before it. */
function sysctlsOf({ sysctls, links }: HostSpec): Record<'beforeLinks' | 'afterLinks', SysctlSpec[]> {
  const namesDevice = ({ key }: SysctlSpec): boolean =>
    links.some(({ device }) => sysctlPath(key).split('/').includes(device));
  return {
    beforeLinks: sysctls.filter((sysctl) => !namesDevice(sysctl)),
    afterLinks: sysctls.filter(namesDevice),
  };
}

async function setSysctls({ init }: WiredHost, sysctls: readonly SysctlSpec[]): Promise<void> {
  if (sysctls.length === 0) return;
  const program = 'while read -r path value; do printf "%s\\n" "$value" >"/proc/sys/$path" || exit 1; done';
  const lines = sysctls.map(({ key, value }) => `${sysctlPath(key)} ${value}\n`);
  await mustRun(inNetworkOf(init, ['sh', '-c', program]), { stdin: lines.join('') });
}

/** Below /proc/sys. As in sysctl(8): dots part the words, and a dot inside a word is written as a slash. */
export function sysctlPath(key: string): string {
  return key.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'));
}

/** Runs lines of `ip -batch` in a network namespace, all or an error. */
export async function ipBatch(
  where: ProcessIdentity,
  flags: readonly string[],
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0) return;
  await mustRun(inNetworkOf(where, ['ip', ...flags, '-batch', '-']), { stdin: `${lines.join('\n')}\n` });
}
