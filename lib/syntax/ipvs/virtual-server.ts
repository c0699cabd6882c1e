// Reads what stands behind `ipvsadm -A` and prints it as `ipvsadm -Sn` does. Used by ipvsadm.ts, for lines and for what is live.
import type { Family } from '../../model/iptables';
import {
  DEFAULT_PERSISTENCE_SECONDS,
  DEFAULT_SCHEDULER,
  MAX_PERSISTENCE_SECONDS,
  SCHEDULER_FLAGS,
  SCHEDULERS,
} from '../../model/ipvs';
import type { Scheduler, SchedulerFlag, VirtualServerDeclaration } from '../../model/ipvs';
import { refuse } from '../problem';
import { readAddress } from '../vocabulary/addresses';
import { readWord } from '../vocabulary/values';
import type { GivenOptions } from './options';
import { readServerAddress } from './server-address';
import { readCount } from './values';

const ENGINES = ['sip'] as const;

/** Throws `InvalidInput` where a value is none; what the kernel would not take of sound values is left to checks.ts. */
export function readVirtualServer(options: GivenOptions): VirtualServerDeclaration {
  const server = readServerAddress(options);
  const scheduler = readWord(options.get('scheduler') ?? DEFAULT_SCHEDULER, SCHEDULERS, 'scheduler of IPVS');
  const engine = options.get('pe');
  return {
    kind: 'virtual-server',
    server,
    scheduler,
    schedulerFlags: readFlags(options.get('sched-flags'), scheduler),
    ...readPersistence(options, server.family),
    ...(engine === undefined ? {} : { engine: readWord(engine, ENGINES, 'persistence engine of IPVS') }),
    ...(options.has('ops') ? { onePacket: true } : {}),
  };
}

/** What can differ between two of one address, in ipvsadm's order: `-s rr -p 360`. */
export function printVirtualServer(declared: VirtualServerDeclaration): string {
  const { persistenceTimeoutSeconds: seconds, granularity, engine, onePacket, schedulerFlags } = declared;
  return [
    `-s ${declared.scheduler}`,
    seconds === undefined ? '' : `-p ${seconds}`,
    granularity === undefined ? '' : `-M ${granularity}`,
    engine === undefined ? '' : `--pe ${engine}`,
    onePacket === true ? '-o' : '',
    schedulerFlags.length === 0 ? '' : `-b ${schedulerFlags.join(',')}`,
  ]
    .filter((words) => words !== '')
    .join(' ');
}

/** `flag-1` and `flag-2` of sh and mh have names. An empty list is how ipvsadm prints their `flag-3`, which has none. */
function readFlags(text: string | undefined, scheduler: Scheduler): readonly SchedulerFlag[] {
  if (text === undefined) return [];
  const found = new Set(text === '' ? ['flag-3'] : text.split(',').map((flag) => readFlag(flag, scheduler)));
  return SCHEDULER_FLAGS.filter((flag) => found.has(flag));
}

function readFlag(text: string, scheduler: Scheduler): string {
  const flag = readWord(text, SCHEDULER_FLAGS, 'scheduler flag');
  const named = scheduler === 'sh' || scheduler === 'mh';
  if (named && flag === 'flag-1') return `${scheduler}-fallback`;
  if (named && flag === 'flag-2') return `${scheduler}-port`;
  if (flag.startsWith('flag-') || flag.startsWith(`${scheduler}-`)) return flag;
  return refuse('flag-of-other-scheduler', `${flag} is no flag of scheduler ${scheduler}`, {
    allowed: named ? `${scheduler}-fallback, ${scheduler}-port` : 'no flag: only sh and mh have any',
    fix: `leave ${flag} out, or write -s ${flag.slice(0, 2)}`,
  });
}

function readPersistence(
  options: GivenOptions,
  family: Family,
): Pick<VirtualServerDeclaration, 'persistenceTimeoutSeconds' | 'granularity'> {
  const timeout = options.get('persistent');
  const mask = options.get('netmask');
  if (timeout === undefined) {
    if (mask === undefined) return {};
    refuse('persistence-missing', '-M says which clients stay together, and without -p none do', {
      fix: 'write -p before it, or leave -M out',
    });
  }
  const range = [1, MAX_PERSISTENCE_SECONDS] as const;
  const seconds =
    timeout === ''
      ? DEFAULT_PERSISTENCE_SECONDS
      : readCount(timeout, 'a persistence timeout in seconds', range);
  const granularity = mask === undefined ? undefined : readMask(mask, family);
  return { persistenceTimeoutSeconds: seconds, ...(granularity === undefined ? {} : { granularity }) };
}

/** Absent for the default: each client by itself. */
function readMask(text: string, family: Family): string | undefined {
  if (family === 'ipv4') {
    const mask = /^\/?([12]?\d|3[0-2])$/.test(text) ? refuseLength(text) : readAddress(text, 'ipv4');
    return mask === '255.255.255.255' ? undefined : mask;
  }
  const length = readCount(text, 'the prefix length of -M', [1, 128]);
  return length === 128 ? undefined : `${length}`;
}

function refuseLength(text: string): never {
  const length = Number(text.replace('/', ''));
  const bits = '1'.repeat(length).padEnd(32, '0');
  const mask = [0, 8, 16, 24].map((start) => Number.parseInt(bits.slice(start, start + 8), 2)).join('.');
  refuse('bad-mask', `ipvsadm takes a length for an address: -M ${text} would not be the mask ${mask}`, {
    allowed: 'a mask such as 255.255.255.0; only IPv6 has lengths here',
    fix: `write -M ${mask}`,
  });
}
