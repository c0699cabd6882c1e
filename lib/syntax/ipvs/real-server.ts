// Reads what stands behind `ipvsadm -a` and prints it as `ipvsadm -Sn` does, thresholds behind it. Used by ipvsadm.ts, for lines and for what is live.
import type {
  ForwardMethod,
  RealServerDeclaration,
  TunnelType,
  VirtualServerAddress,
} from '../../model/ipvs';
import { MAX_WEIGHT } from '../../model/ipvs';
import { refuse } from '../problem';
import { readWord } from '../vocabulary/values';
import type { GivenOptions, OptionName } from './options';
import { spell } from './options';
import { readServerAddress } from './server-address';
import { readAddressAndPort, readCount } from './values';

/** Throws `InvalidInput` where a value is none; what the kernel would not take of sound values is left to checks.ts. */
export function readRealServer(options: GivenOptions): RealServerDeclaration {
  const server = readServerAddress(options);
  const forward = readForwardMethod(options);
  const tunnel = readTunnel(options, forward);
  return {
    kind: 'real-server',
    server,
    ...readAddress(options, server, forward),
    forward,
    ...(tunnel === undefined ? {} : { tunnel }),
    weight: readNumber(options, 'weight', 1),
    upperThreshold: readNumber(options, 'u-threshold', 0),
    lowerThreshold: readNumber(options, 'l-threshold', 0),
  };
}

/** What can differ between two of one address, in ipvsadm's order: `-m -w 1 -x 100 -y 80`. */
export function printRealServer(declared: RealServerDeclaration): string {
  const { forward, tunnel, weight, upperThreshold, lowerThreshold } = declared;
  return [
    { nat: '-m', dr: '-g', tunnel: '-i' }[forward],
    `-w ${weight}`,
    forward === 'tunnel' ? printTunnel(tunnel) : '',
    upperThreshold === 0 ? '' : `-x ${upperThreshold}`,
    lowerThreshold === 0 ? '' : `-y ${lowerThreshold}`,
  ]
    .filter((words) => words !== '')
    .join(' ');
}

/** Without a port it is the virtual server's; so it is with port 0, where packets are not translated. */
function readAddress(
  options: GivenOptions,
  server: VirtualServerAddress,
  forward: ForwardMethod,
): Pick<RealServerDeclaration, 'family' | 'address' | 'port'> {
  const text = options.get('real-server');
  if (text === undefined) {
    refuse('value-missing', 'the line does not say which real server', {
      allowed: '-r ADDRESS[:PORT]',
      fix: 'write -r ADDRESS:PORT',
    });
  }
  const { port, ...read } = readAddressAndPort(text, 'a real server');
  const isOwn = port === undefined || (port === 0 && forward !== 'nat');
  return { ...read, port: isOwn ? portOf(server) : port };
}

/** 0 where a virtual server stands for every port. */
export function portOf(server: VirtualServerAddress): number {
  return server.by === 'address' ? server.port : 0;
}

/** As ipvsadm: who says nothing means direct routing. */
function readForwardMethod(options: GivenOptions): ForwardMethod {
  if (options.has('masquerading')) return 'nat';
  return options.has('ipip') ? 'tunnel' : 'dr';
}

const NUMBERS = {
  weight: 'a weight',
  'u-threshold': 'an upper threshold',
  'l-threshold': 'a lower threshold',
} as const;

function readNumber(options: GivenOptions, name: keyof typeof NUMBERS, otherwise: number): number {
  const text = options.get(name);
  return text === undefined ? otherwise : readCount(text, NUMBERS[name], [0, MAX_WEIGHT]);
}

const TUNNEL_TYPES = ['ipip', 'gre', 'gue'] as const;
const TUNNEL_OPTIONS = ['tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'] as const;
/** Which of them each type takes, besides the type. */
const TAKES: Readonly<Record<TunnelType['type'], readonly OptionName[]>> = {
  ipip: [],
  gre: ['tun-nocsum', 'tun-csum'],
  gue: ['tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'],
};

/** Absent for ipip, which is what a tunnel is by itself. */
function readTunnel(options: GivenOptions, forward: ForwardMethod): TunnelType | undefined {
  const given = TUNNEL_OPTIONS.filter((name) => options.has(name));
  if (given.length === 0) return undefined;
  if (forward !== 'tunnel') {
    refuse('stray-option', `${given.map(spell).join(', ')} without -i: only a tunnel wraps packets`, {
      fix: 'write -i, or leave it out',
    });
  }
  const type = readWord(options.get('tun-type') ?? 'ipip', TUNNEL_TYPES, 'type of tunnel');
  const stray = given.find((name) => name !== 'tun-type' && !TAKES[type].includes(name));
  if (stray !== undefined) {
    refuse('stray-option', `a tunnel of type ${type} takes no ${spell(stray)}`, {
      allowed: TAKES[type].map(spell).join(', ') || 'nothing more',
      fix: `leave ${spell(stray)} out, or write another --tun-type`,
    });
  }
  if (type === 'ipip') return undefined;
  const checksum = readChecksum(given);
  return { type, ...readPort(options, type), ...(checksum === undefined ? {} : { checksum }) };
}

function readPort(options: GivenOptions, type: TunnelType['type']): { readonly port?: number } {
  if (type !== 'gue') return {};
  const text = options.get('tun-port');
  if (text !== undefined) return { port: readCount(text, 'the port of a tunnel', [1, 65535]) };
  return refuse('value-missing', 'a tunnel of type gue needs a port', { fix: 'write --tun-port PORT' });
}

/** None is the kernel's default, so `--tun-nocsum` says nothing. */
function readChecksum(given: readonly OptionName[]): TunnelType['checksum'] {
  const [first, second] = given.filter((name) => name.endsWith('csum'));
  if (first !== undefined && second !== undefined) {
    refuse('given-twice', `a tunnel has one kind of checksum, got ${spell(first)} and ${spell(second)}`, {
      allowed: '--tun-nocsum, --tun-csum, --tun-remcsum',
      fix: 'write one of them',
    });
  }
  if (first === 'tun-csum') return 'csum';
  return first === 'tun-remcsum' ? 'remcsum' : undefined;
}

function printTunnel(tunnel: TunnelType | undefined): string {
  if (tunnel === undefined) return '--tun-type ipip';
  const port = tunnel.port === undefined ? '' : ` --tun-port ${tunnel.port}`;
  return `--tun-type ${tunnel.type}${port} --tun-${tunnel.checksum ?? 'nocsum'}`;
}
