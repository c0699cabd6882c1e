// What a plan tells of virtual servers beside: sysctls and schedulers by which they do not do what was meant. Used by ipvs.ts.
import { printSource } from '../../model/declaration';
import type { RealServerDeclaration, VirtualServerDeclaration } from '../../model/ipvs';
import type { DesiredState, Sources } from '../desired';
import type { HostTarget, Note } from '../engine';
import type { Live } from '../live';

/** Read beside those that are declared, so that the notes know them. */
export function watchedSysctls({ entries }: DesiredState): readonly string[] {
  const isUsed = [...entries.values()].some(({ entry }) => entry.kind === 'virtual-server');
  return isUsed ? Object.values(WATCHED) : [];
}

const WATCHED = {
  forward: 'net.ipv4.ip_forward',
  conntrack: 'net.ipv4.vs.conntrack',
  nodest: 'net.ipv4.vs.expire_nodest_conn',
  quiescent: 'net.ipv4.vs.expire_quiescent_template',
  reuse: 'net.ipv4.vs.conn_reuse_mode',
} as const;

/** Measured: docs/lab-notes/0231-draining.md. */
export function ipvsNotes(
  desired: DesiredState,
  live: Live,
  { drainTimeoutSeconds }: Pick<HostTarget, 'drainTimeoutSeconds'>,
): readonly Note[] {
  const servers = serversOf(desired);
  const { virtual, real } = servers;
  if (virtual.length === 0) return [];
  const value = (name: keyof typeof WATCHED): string | undefined => {
    const key = WATCHED[name];
    return desired.sysctls.get(key)?.declaration.value ?? live.sysctls.get(key);
  };
  return [
    ...translationNotes(desired, servers, value),
    ...virtual.flatMap((server) => loopbackNotes(server, real)),
    ...(drainTimeoutSeconds > 0 ? [...sysctlNotes(virtual, value), ...virtual.flatMap(schedulerNotes)] : []),
  ];
}

interface Declared<D> {
  readonly declaration: D;
  readonly sources: Sources;
}

interface Servers {
  readonly virtual: readonly Declared<VirtualServerDeclaration>[];
  readonly real: readonly Declared<RealServerDeclaration>[];
}

type Value = (name: keyof typeof WATCHED) => string | undefined;

function serversOf({ entries }: DesiredState): Servers {
  const all = [...entries.values()];
  return {
    virtual: all.flatMap(({ declaration, sources }) =>
      declaration.kind === 'virtual-server' ? [{ declaration, sources }] : [],
    ),
    real: all.flatMap(({ declaration, sources }) =>
      declaration.kind === 'real-server' ? [{ declaration, sources }] : [],
    ),
  };
}

function translationNotes(desired: DesiredState, { real }: Servers, value: Value): Note[] {
  const translated = real.find(({ declaration }) => isTranslatedElsewhere(declaration));
  if (translated === undefined) return [];
  const notes: Note[] = [];
  if (value('forward') === '0') {
    notes.push({
      summary: 'net.ipv4.ip_forward is 0, and real servers are reached by nat (-m)',
      detail:
        'Answers of real servers on other hosts come back through this one, and are dropped here. ' +
        'Declare `sysctl net.ipv4.ip_forward=1`.',
      part: translated.sources[0].part,
    });
  }
  const source = value('conntrack') === '0' ? ruleThatNeedsConntrack(desired) : undefined;
  if (source !== undefined) {
    notes.push({
      summary: 'net.ipv4.vs.conntrack is 0, and a rule translates what IPVS forwards',
      detail:
        `${printSource(source[0])}: ${source[0].text.trim()}\n` +
        'Without conntrack for IPVS its packets meet no rule of table nat. Declare `sysctl net.ipv4.vs.conntrack=1`.',
      part: source[0].part,
    });
  }
  return notes;
}

/** On the loopback network real servers are on the host itself, and nothing is forwarded. */
function isTranslatedElsewhere({ forward, address }: RealServerDeclaration): boolean {
  return forward === 'nat' && !isLoopback(address);
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function ruleThatNeedsConntrack({ chains }: DesiredState): Sources | undefined {
  const rules = [...chains.values()]
    .filter(({ address }) => address.table === 'nat')
    .flatMap((chain) => chain.rules);
  return rules.find(
    ({ rule }) =>
      rule.target?.kind === 'masquerade' ||
      rule.target?.kind === 'snat' ||
      rule.matches.some((match) => match.kind === 'module' && match.module === 'ipvs'),
  )?.sources;
}

function loopbackNotes(virtual: Declared<VirtualServerDeclaration>, real: Servers['real']): Note[] {
  const { server } = virtual.declaration;
  if (server.by !== 'address' || !isLoopback(server.address)) return [];
  const elsewhere = real.find(
    ({ declaration }) =>
      isSameServer(declaration.server, server) &&
      declaration.forward === 'nat' &&
      !isLoopback(declaration.address),
  );
  if (elsewhere === undefined) return [];
  return [
    {
      summary: `Behind ${server.address} only real servers on the host itself answer`,
      detail:
        `${printSource(elsewhere.sources[0])}: ${elsewhere.sources[0].text.trim()}\n` +
        'A packet with a source of the loopback network does not leave a host.',
      part: elsewhere.sources[0].part,
    },
  ];
}

function isSameServer(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sysctlNotes(virtual: Servers['virtual'], value: Value): Note[] {
  const persistent = virtual.find(({ declaration }) => declaration.persistenceTimeoutSeconds !== undefined);
  const notes: Note[] = [];
  if (value('nodest') === '1') {
    notes.push(
      drainNote(
        WATCHED.nodest,
        '1',
        'Connections that are still open when drain_timeout_seconds are over are reset at once.',
      ),
    );
  }
  if (value('reuse') === '0') {
    notes.push(
      drainNote(
        WATCHED.reuse,
        '0',
        'A client that uses the same source port again is sent to the real server that it had, also while that one drains: ' +
          "draining may not end before drain_timeout_seconds are over. The kernel's default is 1.",
      ),
    );
  }
  if (persistent !== undefined && value('quiescent') === '0') {
    notes.push({
      ...drainNote(
        WATCHED.quiescent,
        '0',
        `${printSource(persistent.sources[0])}: ${persistent.sources[0].text.trim()}\n` +
          'With persistence, clients that are known keep opening connections to a real server that drains: draining may not ' +
          'end before drain_timeout_seconds are over. Declare `sysctl net.ipv4.vs.expire_quiescent_template=1`.',
      ),
      part: persistent.sources[0].part,
    });
  }
  return notes;
}

function drainNote(key: string, value: string, detail: string): Note {
  return { summary: `Real servers do not drain as meant: ${key} is ${value}`, detail };
}

/** These choose a real server by a hash, also one of weight 0, and then refuse the connection. */
const HASHING = ['sh', 'dh', 'mh'];

function schedulerNotes({ declaration, sources: [source] }: Declared<VirtualServerDeclaration>): Note[] {
  const { scheduler, schedulerFlags } = declaration;
  if (!HASHING.includes(scheduler) || schedulerFlags.some((flag) => flag.endsWith('-fallback'))) return [];
  const fix = scheduler === 'dh' ? 'Choose another scheduler' : `Add \`-b ${scheduler}-fallback\``;
  return [
    {
      summary: `Clients of a real server that drains are refused by scheduler ${scheduler}`,
      detail:
        `${printSource(source)}: ${source.text.trim()}\n` +
        `It chooses by a hash of the client, also a real server of weight 0, and then takes no connection. ${fix}.`,
      part: source.part,
    },
  ];
}
