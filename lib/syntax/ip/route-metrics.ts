// What a route knows of its path: mtu, advmss, rtt and the rest, as ip(8) takes and prints them. Used by route.ts.
import { MOST_32_BITS } from '../vocabulary/values';
import { refuse } from '../problem';
import { readNumber } from './names';
import type { IpWords } from './words';

/** One of them; the value may begin with `lock`. */
export interface RouteMetric {
  readonly name: string;
  readonly value: string;
}

interface Shape {
  /** `lock`: the kernel shall not learn it. */
  readonly lockable?: boolean;
  readonly read: (text: string, name: string) => string;
}

const count: Shape['read'] = (text, name) => `${readNumber(text, name, [0, MOST_32_BITS])}`;

/** In the order in which `ip` prints them. */
const SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['mtu', { lockable: true, read: count }],
  ['window', { read: count }],
  ['rtt', { lockable: true, read: readTime }],
  ['rttvar', { lockable: true, read: readTime }],
  ['ssthresh', { lockable: true, read: count }],
  ['cwnd', { lockable: true, read: count }],
  ['advmss', { lockable: true, read: count }],
  ['reordering', { lockable: true, read: count }],
  ['hoplimit', { lockable: true, read: count }],
  ['initcwnd', { read: count }],
  ['features', { read: readFeatures }],
  ['rto_min', { read: readTime }],
  ['initrwnd', { read: count }],
  ['quickack', { read: readSwitch }],
  ['congctl', { lockable: true, read: readAlgorithm }],
  ['fastopen_no_cookie', { read: readSwitch }],
]);

/** Their names, for messages. */
export const ROUTE_METRICS: readonly string[] = [...SHAPES.keys()];

/** Reads the value of one of them; absent where the name is none of them. */
export function readRouteMetric(name: string, words: IpWords): RouteMetric | undefined {
  const shape = SHAPES.get(name);
  if (shape === undefined) return undefined;
  words.once(name);
  const lock = shape.lockable === true && words.take('lock') ? 'lock ' : '';
  return { name, value: `${lock}${shape.read(words.value(name), name)}` };
}

/** In their order; what is 0 the kernel does not keep. */
export function sortRouteMetrics(metrics: readonly RouteMetric[]): readonly RouteMetric[] {
  return ROUTE_METRICS.flatMap((name) =>
    metrics.filter((metric) => metric.name === name && metric.value !== '0'),
  );
}

/** Whole milliseconds; `ip` prints a second and more as seconds. A bare number means another unit for each of these words. */
function readTime(text: string, name: string): string {
  const [, digits = '', unit] = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s)$/.exec(text) ?? [];
  const milliseconds = Number(digits) * (unit === 's' ? 1000 : 1);
  if (unit === undefined || !Number.isInteger(milliseconds) || milliseconds === 0) {
    refuse('bad-time', `${name} is a time with its unit, got ${text}`, {
      allowed: 'such as 80ms or 1s, in whole milliseconds',
      fix: 'write the unit: without it ip takes eighths, quarters or whole milliseconds',
    });
  }
  return milliseconds >= 1000 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

function readSwitch(text: string, name: string): string {
  return `${readNumber(text, name, [0, 1])}`;
}

function readFeatures(text: string): string {
  if (text === 'ecn') return text;
  return refuse('unknown-word', `${text} is no feature of a route`, {
    allowed: 'ecn',
    fix: 'write ecn, or leave it out',
  });
}

function readAlgorithm(text: string): string {
  if (/^[a-z0-9_-]{1,15}$/i.test(text)) return text;
  return refuse('bad-name', `${text} is no name of a congestion control algorithm`, {
    allowed: 'such as cubic or reno',
    fix: 'write one that `sysctl net.ipv4.tcp_available_congestion_control` shows',
  });
}
