// The table of set types: what a member of each consists of and which options it takes, as ipset(8) lists them. Used by the readers of ipset lines.
import { closest } from '../closest';
import { refuse } from '../problem';

/** One place of a member, between commas. `one-ip` is an address alone, where `ip` may be many at once (a range, a prefix). */
export type Dimension =
  'ip' | 'one-ip' | 'net' | 'port' | 'port-number' | 'mac' | 'optional-mac' | 'mark' | 'device' | 'set';

/** What may be created under one name. */
export interface SetType {
  readonly name: string;
  /** Its name in the days of ipset 4, which the tool still takes. */
  readonly oldName?: string;
  readonly dimensions: readonly Dimension[];
  /** Names of options behind `create`. */
  readonly options: readonly string[];
  /** True where a prefix of length 0 can be a member. */
  readonly takesZeroPrefix?: boolean;
}

const EXTENSIONS = ['timeout', 'counters', 'comment', 'skbinfo'];
const HASH = ['hashsize', 'maxelem', 'bucketsize', 'initval', 'forceadd', ...EXTENSIONS];
const IP_HASH = ['family', ...HASH];
const MASKED = ['netmask', 'bitmask'];

/** All that ipset 7 knows. */
export const SET_TYPES: readonly SetType[] = [
  { name: 'hash:ip', oldName: 'iphash', dimensions: ['ip'], options: [...IP_HASH, ...MASKED] },
  { name: 'hash:net', oldName: 'nethash', dimensions: ['net'], options: IP_HASH },
  {
    name: 'hash:ip,port',
    oldName: 'ipporthash',
    dimensions: ['ip', 'port'],
    options: [...IP_HASH, ...MASKED],
  },
  {
    name: 'hash:ip,port,ip',
    oldName: 'ipportiphash',
    dimensions: ['ip', 'port', 'one-ip'],
    options: IP_HASH,
  },
  { name: 'hash:ip,port,net', oldName: 'ipportnethash', dimensions: ['ip', 'port', 'net'], options: IP_HASH },
  { name: 'hash:net,port', oldName: 'netporthash', dimensions: ['net', 'port'], options: IP_HASH },
  {
    name: 'hash:net,net',
    oldName: 'netnethash',
    dimensions: ['net', 'net'],
    options: [...IP_HASH, ...MASKED],
  },
  {
    name: 'hash:net,port,net',
    oldName: 'netportnethash',
    dimensions: ['net', 'port', 'net'],
    options: IP_HASH,
    takesZeroPrefix: true,
  },
  {
    name: 'hash:net,iface',
    oldName: 'netifacehash',
    dimensions: ['net', 'device'],
    options: IP_HASH,
    takesZeroPrefix: true,
  },
  {
    name: 'hash:ip,mark',
    oldName: 'ipmarkhash',
    dimensions: ['ip', 'mark'],
    options: [...IP_HASH, 'markmask'],
  },
  { name: 'hash:ip,mac', oldName: 'ipmachash', dimensions: ['one-ip', 'mac'], options: IP_HASH },
  { name: 'hash:mac', oldName: 'machash', dimensions: ['mac'], options: HASH },
  { name: 'bitmap:port', oldName: 'portmap', dimensions: ['port-number'], options: ['range', ...EXTENSIONS] },
  { name: 'bitmap:ip', oldName: 'ipmap', dimensions: ['ip'], options: ['range', 'netmask', ...EXTENSIONS] },
  {
    name: 'bitmap:ip,mac',
    oldName: 'macipmap',
    dimensions: ['one-ip', 'optional-mac'],
    options: ['range', ...EXTENSIONS],
  },
  { name: 'list:set', oldName: 'setlist', dimensions: ['set'], options: ['size', ...EXTENSIONS] },
];

const BY_NAME: ReadonlyMap<string, SetType> = new Map(
  SET_TYPES.flatMap((type) => [
    [type.name, type],
    ...(type.oldName === undefined ? [] : [[type.oldName, type] as const]),
  ]),
);

/** The type of that name; absent for one that this table does not know, as a newer kernel may bring. */
export function findSetType(name: string): SetType | undefined {
  return BY_NAME.get(name);
}

/** The type of that name, its old one included. Throws `InvalidInput` where there is none. */
export function readSetType(name: string): SetType {
  const type = findSetType(name);
  if (type !== undefined) return type;
  const names = SET_TYPES.map((known) => known.name);
  const near = closest(name, names) ?? closest(name, [...BY_NAME.keys()]);
  return refuse('unknown-set-type', `${name === '' ? 'nothing' : name} is no type of set`, {
    allowed: names.join(' '),
    fix: near === undefined ? 'write one of these' : `if ${near} is meant, write it so`,
  });
}

/** What a member consists of, for messages: `IP,[PROTOCOL:]PORT`. */
export function printShape({ dimensions }: SetType): string {
  return dimensions
    .map((dimension) => (dimension === 'optional-mac' ? '[,MAC]' : `,${SHAPES[dimension]}`))
    .join('')
    .slice(1);
}

const SHAPES: Readonly<Record<Exclude<Dimension, 'optional-mac'>, string>> = {
  ip: 'ADDRESS',
  'one-ip': 'ADDRESS',
  net: 'ADDRESS[/LENGTH]',
  port: '[PROTOCOL:]PORT',
  'port-number': 'PORT',
  mac: 'MAC',
  mark: 'MARK',
  device: '[physdev:]DEVICE',
  set: 'SET',
};
