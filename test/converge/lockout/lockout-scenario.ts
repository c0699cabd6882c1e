// A host in memory that is reached from 198.51.100.7 by way of eth0, for the tests of lockout.
import type { Note } from '../../../lib/converge/engine';
import type { Parts } from '../../../lib/model/declaration';
import { InvalidInput, printProblem } from '../../../lib/model/errors';
import { Scenario } from '../scenario';

/** As shell/came-by.ts prints it. */
export const CAME_BY = [
  'ssh 198.51.100.7 50022 192.0.2.6 22',
  'device lo',
  'device eth0',
  'device eth1',
  '198.51.100.7 from 192.0.2.6 via 192.0.2.1 dev eth0 uid 0 \\    cache ',
  '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever',
  '2: eth0    inet 192.0.2.6/24 scope global eth0\\       valid_lft forever preferred_lft forever',
  '2: eth0    inet 192.0.2.7/24 scope global secondary eth0\\       valid_lft forever preferred_lft forever',
].join('\n');

/** Reached by its second address, which a part declares. */
export const BY_SECOND_ADDRESS = CAME_BY.replaceAll('192.0.2.6 ', '192.0.2.7 ');

/** What was applied, and what is planned. */
export interface Way {
  readonly given?: Given;
  /** Lines that were applied before. */
  readonly before?: readonly string[];
  /** Lines that are planned. */
  readonly after: readonly string[];
}

/** What others did on the host before, as lines of iptables-restore, and who comes. */
export interface Given {
  readonly filter?: readonly string[];
  readonly raw?: readonly string[];
  readonly cameBy?: string;
  /** What stands behind `ip route add`. @default - a default route */
  readonly routes?: readonly string[];
  readonly managementCidrs?: readonly string[];
  readonly allowLockout?: boolean;
}

export function lockoutScenario({
  filter,
  raw,
  cameBy = CAME_BY,
  routes = ['default via 192.0.2.1'],
  ...target
}: Given = {}): Scenario {
  const scenario = new Scenario();
  Object.assign(scenario.target, target);
  scenario.host.cameBy = cameBy;
  for (const name of ['all', 'eth0', 'eth1'])
    scenario.host.sysctls.set(`net.ipv4.conf.${name}.rp_filter`, '0');
  scenario.host.subsystems.ip.run(routes.map((route) => `route add ${route}\n`).join(''));
  if (filter !== undefined) scenario.host.kernel.restore(table('filter', filter), { noflush: true });
  if (raw !== undefined) scenario.host.kernel.restore(table('raw', raw), { noflush: true });
  return scenario;
}

function table(name: string, lines: readonly string[]): string {
  return `*${name}\n${lines.map((line) => `${line}\n`).join('')}COMMIT\n`;
}

/** What a plan of the parts says, behind `refused` or `warned`; else `quiet`. */
export async function planned(scenario: Scenario, parts: Parts): Promise<string> {
  try {
    const { notes } = await scenario.plan(parts);
    return notes.length === 0 ? 'quiet' : notes.map(printNote).join('\n');
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.problems.map((problem) => `refused: ${printProblem(problem)}`).join('\n');
  }
}

export function printNote({ summary, detail, part }: Note): string {
  return `warned: ${summary}\n${detail}${part === undefined ? '' : `\npart: ${part}`}`;
}

export const ACCEPT = 'iptables -A INPUT -p tcp --dport 22 -j ACCEPT';
export const ESTABLISHED = 'iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT';
const OTHER = { '10-other': 'iptables -A FORWARD -s 203.0.113.9 -j DROP' };

export const partsOf = (lines: readonly string[]): Parts => ({ ...OTHER, wall: lines.join('\n') });

/** A host to which the lines of before were applied. */
export async function ready({ given, before }: Way): Promise<Scenario> {
  const scenario = lockoutScenario(given);
  if (before === undefined) return scenario;
  await scenario.apply(partsOf(before));
  await scenario.refresh();
  return scenario;
}

/** Without what is the same in all of them. */
export function essence(text: string): string[] {
  const [first = '', ...more] = text.split('\n');
  return [
    first.replace(/:.*/, ''),
    ...more.filter((line) => !/^(to do|given|packet|part|because .*):/.test(line)),
  ];
}
