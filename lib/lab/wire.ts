// Lays the cables of a lab: bridges and veth pairs, then addresses and routes in each host. Used by up.ts and lab.ts.
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
  await settleAll(hosts.map((host) => setSysctls(host, sysctlsOf(host.spec).beforeLinks)));
  await ipBatch(switchProcess, [], switchLines(networks, hosts));
  await settleAll(hosts.map(configure));
}

/** Plugs a cable in or out at the switch: the host sees its link lose the carrier, and keeps its addresses. */
export async function setCarrier(switchProcess: ProcessIdentity, port: string, isUp: boolean): Promise<void> {
  await ipBatch(switchProcess, [], [`link set ${port} ${isUp ? 'up' : 'down'}`]);
}

function switchLines(networks: readonly NetworkSpec[], hosts: readonly WiredHost[]): string[] {
  const bridges = networks.flatMap(({ name, operator }) => [
    `link add ${name} type bridge forward_delay 0 mcast_snooping 0`,
    ...(operator === undefined ? [] : [`addr add ${printInterfaceAddress(operator)} dev ${name}`]),
    `link set ${name} up`,
  ]);
  const cables = hosts.flatMap(({ spec, init, switchPorts }) =>
    spec.links.flatMap(({ device, network }) => {
      const port = switchPorts[device] ?? '';
      return [
        `link add ${port} type veth peer name ${device} netns ${init.pid}`,
        `link set ${port} master ${network} up alias ${spec.name}/${device}`,
      ];
    }),
  );
  return [...bridges, ...cables];
}

async function configure(host: WiredHost): Promise<void> {
  const { spec, init } = host;
  await setSysctls(host, sysctlsOf(spec).afterLinks);
  const links = spec.links.flatMap(({ device, addresses }) => [
    ...addresses.map((address) => {
      const flag = address.family === 'ipv6' ? ' nodad' : '';
      return `addr add ${printInterfaceAddress(address)} dev ${device}${flag}`;
    }),
    `link set ${device} up`,
  ]);
  await ipBatch(init, [], ['link set lo up', ...links, ...routeLines(spec, 'ipv4')]);
  await ipBatch(init, ['-6'], routeLines(spec, 'ipv6'));
}

function routeLines(spec: HostSpec, family: 'ipv4' | 'ipv6'): string[] {
  return spec.routes
    .filter((route) => route.family === family)
    .map(({ words }) => `route add ${words.join(' ')}`);
}

/** Keys that name a device wait for the device; all others (`default` above all) must be there before it. */
function sysctlsOf({ sysctls, links }: HostSpec): Record<'beforeLinks' | 'afterLinks', SysctlSpec[]> {
  const namesDevice = ({ key }: SysctlSpec): boolean =>
    links.some(({ device }) => pathOf(key).split('/').includes(device));
  return {
    beforeLinks: sysctls.filter((sysctl) => !namesDevice(sysctl)),
    afterLinks: sysctls.filter(namesDevice),
  };
}

async function setSysctls({ init }: WiredHost, sysctls: readonly SysctlSpec[]): Promise<void> {
  if (sysctls.length === 0) return;
  const program = 'while read -r path value; do printf "%s\\n" "$value" >"/proc/sys/$path" || exit 1; done';
  const lines = sysctls.map(({ key, value }) => `${pathOf(key)} ${value}\n`);
  await mustRun(inNetworkOf(init, ['sh', '-c', program]), { stdin: lines.join('') });
}

// As in sysctl(8): dots part the words, and a dot inside a word is written as a slash.
function pathOf(key: string): string {
  return key.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'));
}

async function ipBatch(
  where: ProcessIdentity,
  flags: readonly string[],
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0) return;
  await mustRun(inNetworkOf(where, ['ip', ...flags, '-batch', '-']), { stdin: `${lines.join('\n')}\n` });
}
