// Readings that are damaged by chance: each is refused, or what it says stands in the live state; and one that was cut anywhere is refused.
import { expect } from 'vitest';
import { parseReading } from '../../lib/converge/answers';
import { createEngine } from '../../lib/converge/create-engine';
import { ApplyFailed, Refused } from '../../lib/converge/errors';
import type { Host, Question, Reading } from '../../lib/converge/host';
import type { Live } from '../../lib/converge/live';
import { sysctlPath } from '../../lib/converge/plan';
import type { ReadName } from '../../lib/converge/reads';
import { parseSections } from '../../lib/converge/sections';
import { questionOf, readLive } from '../../lib/converge/read-live';
import { SUBSYSTEMS } from '../../lib/converge/subsystems';
import { desiredOf } from '../../lib/converge/validate';
import type { Parts } from '../../lib/model/declaration';
import { InvalidInput } from '../../lib/model/errors';
import type { Family } from '../../lib/model/iptables';
import { DEFAULT_SCOPE } from '../../lib/model/scope';
import { FAKE_STAGE, fakeStage } from './fake-stage';
import { damaged } from './mutations';
import { reach } from './pair';
import { Random } from './random-parts';
import { randomState } from './random-states';
import type { Scenario } from './scenario';
import { inTimeLater } from './time-limit';

/** What of a reading is damaged. */
const FIELDS = ['ipv4', 'ipv6', 'ip', 'ipset', 'ipvs', 'manifest', 'declared', 'sysctls'] as const;
type Field = (typeof FIELDS)[number];

/** A host with a random state, and how it reads. */
export interface ReadHost {
  readonly scenario: Scenario;
  readonly parts: Parts;
  readonly question: Question;
  readonly reading: Reading;
}

/** A host in memory on which something of every subsystem was applied. */
export async function readHost(seed: number): Promise<ReadHost> {
  const random = new Random(seed);
  const scenario = fakeStage(random);
  await reach(scenario, { ...randomState(random, FAKE_STAGE), ...EVERYTHING });
  const parts = scenario.state?.parts ?? {};
  const desired = desiredOf(DEFAULT_SCOPE, parts);
  // No digest: the host tells its record of what was declared.
  const question = { ...questionOf(scenario.target, { parts, desired }), declaredDigest: '' };
  return { scenario, parts, question, reading: await scenario.host.read(question) };
}

const EVERYTHING: Parts = {
  '95-some': [
    'ipset create FUZZED hash:ip comment timeout 0',
    'ipset add FUZZED 192.0.2.77 comment "two  words"',
    'ipvsadm -A -t 192.0.2.77:80 -s wrr -p 60',
    'ipvsadm -a -t 192.0.2.77:80 -r 10.0.0.77:80 -m -w 3',
    'ip route add 10.77.0.0/16 via 10.0.0.9',
    'ip6tables -A FORWARD -s fd00::77 -j ACCEPT',
    'sysctl net.ipv4.ip_forward=1',
  ].join('\n'),
};

/** One case: what was damaged, and whether it was refused. */
export async function fuzzReading(random: Random, on: ReadHost): Promise<'refused' | 'read'> {
  const field = random.pick(FIELDS);
  const reading = withDamage(random, on.reading, field);
  const known = { parts: on.parts, desired: desiredOf(DEFAULT_SCOPE, on.parts) };
  const context = `${field}:\n${textOf(reading, field).slice(0, 3000)}`;
  const { scenario } = on;
  const host = new DamagedHost(scenario.host, reading);
  const live = await oursLater(context, async () => (await readLive(host, scenario.target, known)).live);
  if (live !== undefined) expectAllThere(reading, live, context);
  const engine = createEngine(() => ({
    open: () => Promise.resolve(host),
    openFresh: notOpened,
  }));
  const state = scenario.state ?? { parts: {} };
  const refreshed = await oursLater(context, () => engine.refresh(scenario.target, state, scenario.memory));
  const memory = refreshed?.memory ?? scenario.memory;
  await oursLater(context, () =>
    engine.plan(scenario.target, {
      prior: refreshed?.state ?? state,
      parts: on.parts,
      unknownParts: [],
      moved: false,
      ...(memory === undefined ? {} : { memory }),
    }),
  );
  await oursLater(context, () => engine.planDestroy(scenario.target, state, memory));
  return refreshed === undefined ? 'refused' : 'read';
}

/** Every beginning of what a host answers, but for the whole of it. */
export function fuzzCuts({ question, reading }: ReadHost, step: number): number {
  const output = printAnswer(reading);
  const read = (text: string): Reading =>
    parseReading(parseSections(text, NONCE), question, { host: 'here' });
  const uncut = read(output);
  const { ipv4, sysctls, sections, manifest, declared } = reading;
  expect(uncut).toMatchObject({ ipv4, sysctls, sections });
  expect([uncut.manifest, uncut.declared]).toEqual([manifest, declared]);
  const whole = output.trimEnd().length;
  for (let end = 0; end < whole; end += step) {
    const cut = output.slice(0, end);
    const got = ours(`cut at ${end}`, () => read(cut));
    if (got !== undefined) expect(got, `cut at ${end}`).toEqual(uncut);
  }
  return Math.ceil(whole / step);
}

const NONCE = '0123456789abcdef';

/** As the programs of lib/converge/shell/ print it; what must be there comes last. */
function printAnswer({ ipv4, sysctls, sections, manifest, declared, hasConntrack }: Reading): string {
  const values = [...sysctls].map(
    ([key, value]) => `${sysctlPath(key)}${value === undefined ? ' absent' : ` = ${value}`}\n`,
  );
  const texts: (readonly [string, string])[] = [
    ...(manifest === undefined ? [] : [['manifest', manifest] as const]),
    ...(declared === undefined ? [] : [['declared', declared] as const]),
    ...sections,
    ['modules', ''],
    ['conntrack', hasConntrack ? 'present' : 'absent'],
    ['backend', 'nft'],
    ['sysctls', values.join('')],
    ['ipv4', ipv4],
  ];
  return texts
    .map(([name, text]) => `@@${NONCE} begin ${name}\n${text}\n@@${NONCE} end ${name} 0\n`)
    .join('');
}

function withDamage(random: Random, reading: Reading, field: Field): Reading {
  const hurt = (text: string | undefined): string => damaged(random, text ?? '');
  switch (field) {
    case 'ipv4':
    case 'manifest':
    case 'declared':
      return { ...reading, [field]: hurt(reading[field]) };
    case 'sysctls':
      return {
        ...reading,
        sysctls: new Map(
          [...reading.sysctls].map(([key, value]) => [key, random.chance(50) ? hurt(value) : value]),
        ),
      };
    case 'ipv6':
    case 'ip':
    case 'ipset':
    case 'ipvs':
      return {
        ...reading,
        sections: new Map([...reading.sections, [field, hurt(reading.sections.get(field))]]),
      };
  }
}

function textOf({ ipv4, manifest, declared, sections, sysctls }: Reading, field: Field): string {
  if (field === 'sysctls') return JSON.stringify([...sysctls]);
  const texts: Partial<Record<Field, string | undefined>> = { ipv4, manifest, declared };
  return texts[field] ?? sections.get(isReadName(field) ? field : 'ip') ?? '';
}

function isReadName(field: Field): field is Field & ReadName {
  return ['ipv6', 'ip', 'ipset', 'ipvs'].includes(field);
}

/** Each rule, and each set, member and server, stands in the live state. Of ip, what no part could say is nobody's business. */
function expectAllThere({ ipv4, sections }: Reading, live: Live, context: string): void {
  const saves: readonly (readonly [Family, string])[] = [
    ['ipv4', ipv4],
    ['ipv6', sections.get('ipv6') ?? ''],
  ];
  for (const [family, save] of saves) {
    const said = save.split('\n').filter((line) => line.trim() !== '' && !/^([#*:]|COMMIT$)/.test(line));
    if (hasOpenQuote(said)) continue;
    const rules = [...live.chains.values()].filter(({ address }) => address.family === family);
    expect(rules.flatMap((chain) => chain.rules).length, context).toBe(said.length);
  }
  for (const { name, parse } of SUBSYSTEMS.filter((subsystem) => subsystem.name !== 'ip')) {
    const lines = (sections.get(name) ?? '').split('\n').filter((line) => line.trim() !== '');
    if (hasOpenQuote(lines)) continue;
    expect(parse(sections.get(name) ?? '').length, context).toBe(lines.length);
  }
}

const notOpened = (): Promise<never> => Promise.reject(new Error('nothing is confirmed here'));

/** A comment may hold a newline: then lines are not what is counted. */
function hasOpenQuote(lines: readonly string[]): boolean {
  return lines.some((line) => (line.match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1 || line.endsWith('\\'));
}

/** A host that reads so, and whose proofs are those of the one behind it. */
class DamagedHost implements Host {
  constructor(
    private readonly behind: Host,
    private readonly reading: Reading,
  ) {}

  /** A key that nobody has heard of has no value. */
  read(question: Question): Promise<Reading> {
    const unheard = question.sysctls.map((key) => [key, undefined] as const);
    return Promise.resolve({ ...this.reading, sysctls: new Map([...unheard, ...this.reading.sysctls]) });
  }

  prove(): ReturnType<Host['prove']> {
    return Promise.resolve({ kind: 'unavailable', message: 'not asked' });
  }

  countConnections(): ReturnType<Host['countConnections']> {
    return this.behind.countConnections();
  }

  transact(): ReturnType<Host['transact']> {
    return Promise.reject(new Error('a plan changes nothing'));
  }

  answer(): ReturnType<Host['answer']> {
    return Promise.reject(new Error('a plan confirms nothing'));
  }
}

/** What `attempt` gives; nothing where it is refused in words of ours. */
function ours<T>(context: string, attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    expectOurs(error, context);
    return undefined;
  }
}

async function oursLater<T>(context: string, attempt: () => Promise<T>): Promise<T | undefined> {
  try {
    return await inTimeLater(context, attempt);
  } catch (error) {
    expectOurs(error, context);
    return undefined;
  }
}

function expectOurs(error: unknown, context: string): void {
  const isOurs = error instanceof Refused || error instanceof InvalidInput || error instanceof ApplyFailed;
  if (!isOurs) throw new Error(`${String(error)}\n${context}`, { cause: error });
}
