// The demo's story, step by step: plan, deploy, requests, drift, repair, a change of the app, destroy. demo.ts tells it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab';
import type { CdktfCommand } from './cdktf';
import { runCdktf } from './cdktf';
import { snapshotHost } from './host-snapshot';
import type { Narrator } from './narrator';
import type { PlanLine } from './plan-lines';
import { printPlanLines, readPlanLines } from './plan-lines';
import { isEven, printAnswers, sendRequests } from './requests';

const HOSTS = ['cloudos1', 'cloudos2'];
const REQUESTS = 40;

interface Route {
  readonly from: string;
  readonly to: string;
  readonly servers: readonly string[];
}

const SERVICE_1 = ['os1_my1', 'os2_my1'];
const SERVICE_2 = ['os1_my2', 'os2_my2'];

/** Both cluster IPs from each host and from a pod, both node ports of both hosts from the client. */
const ROUTES: readonly Route[] = [
  ...[...HOSTS, 'os1_my1'].flatMap((from) => [
    { from, to: '10.100.100.1:7070', servers: SERVICE_1 },
    { from, to: '10.100.100.2:6060', servers: SERVICE_2 },
  ]),
  ...['192.168.1.6', '192.168.1.7'].flatMap((address) => [
    { from: 'client', to: `${address}:34211`, servers: SERVICE_1 },
    { from: 'client', to: `${address}:34212`, servers: SERVICE_2 },
  ]),
];

/** Rejects with `DemoFailed` at the first thing that does not hold. */
export async function tellStory(lab: Lab, tell: Narrator, folder: string): Promise<void> {
  const before = await snapshots(lab);
  const run = (command: CdktfCommand, environment: Record<string, string> = {}): Promise<string> =>
    runCdktf(command, { folder, environment: { GATEWRIGHT_LAB: lab.dir, ...environment } });

  await planFirst(tell, run);
  tell.title('cdktf deploy: both hosts become so, each in one transaction');
  await run('deploy');
  tell.check('cdktf diff now has nothing to change', isNoChange(await run('diff')));
  await sendFromEverywhere(lab, tell);
  await driftAndRepair(lab, tell, run);
  await removeEndpoint(lab, tell, run);
  tell.title('cdktf destroy: all of ours goes, nothing else');
  await run('destroy');
  const after = await snapshots(lab);
  tell.check('rules, chains, policies and forwarding of both hosts are as before', before === after, after);
}

type Run = (command: CdktfCommand, environment?: Record<string, string>) => Promise<string>;

async function planFirst(tell: Narrator, run: Run): Promise<void> {
  tell.title('cdktf diff: what would change on the live kernels, line by line');
  const lines = readPlanLines(await run('diff'));
  const shown = lines.filter(({ host, part }) => host === 'cloudos1' && part.includes('service1'));
  tell.show(`${printPlanLines(shown)}\n… and ${lines.length - shown.length} more lines for both hosts`);
  tell.check(
    'the plan only adds',
    lines.length > 0 && lines.every(({ sign }) => sign === '+'),
    printPlanLines(lines),
  );
}

async function sendFromEverywhere(lab: Lab, tell: Narrator): Promise<void> {
  tell.title(`${REQUESTS} requests each, to cluster IPs from hosts and a pod, to node ports from a client`);
  for (const { from, to, servers } of ROUTES) {
    const answers = await sendRequests(lab, { from, to, count: REQUESTS });
    const claim = `${from.padEnd(8)} -> ${to.padEnd(18)} ${printAnswers(answers)}`;
    tell.check(claim, isEven(answers, servers), printAnswers(answers));
  }
}

async function driftAndRepair(lab: Lab, tell: Narrator, run: Run): Promise<void> {
  tell.title('By hand on cloudos1: one rule deleted, one added');
  const { stdout } = await lab.exec('cloudos1', ['iptables', '-t', 'nat', '-S']);
  const doomed =
    stdout.split('\n').find((line) => line.startsWith('-A GW-SEP-') && line.includes('DNAT')) ?? '';
  const chain = doomed.split(' ')[1] ?? '';
  await byHand(lab, `*nat\n${doomed.replace('-A', '-D')}\n-A ${chain} -p udp -j RETURN\nCOMMIT\n`);
  tell.show(`- iptables -t nat ${doomed}\n+ iptables -t nat -A ${chain} -p udp -j RETURN`);

  tell.title('cdktf diff: exactly these two lines, and nothing about the other host');
  const lines = readPlanLines(await run('diff'));
  tell.show(printPlanLines(lines));
  const isTheTwo =
    lines.length === 2 &&
    lines.every(({ host }) => host === 'cloudos1') &&
    lines.some(({ sign, line }) => sign === '+' && line === `iptables -t nat ${doomed}`) &&
    lines.some(({ sign, line }) => sign === '-' && line === `iptables -t nat -A ${chain} -p udp -j RETURN`);
  tell.check('the plan would put the one back and take the other away', isTheTwo);

  tell.title('cdktf deploy: repaired');
  await run('deploy');
  tell.check('cdktf diff has nothing to change', isNoChange(await run('diff')));
}

async function byHand(lab: Lab, restore: string): Promise<void> {
  const { exitCode, stderr } = await lab.exec('cloudos1', ['iptables-restore', '--noflush'], {
    stdin: restore,
  });
  if (exitCode !== 0) throw new Error(`iptables-restore by hand failed: ${stderr}`);
}

async function removeEndpoint(lab: Lab, tell: Narrator, run: Run): Promise<void> {
  tell.title('In the app: os2_my1 leaves service1');
  const folder = mkdtempSync(join(tmpdir(), 'gatewright-demo-'));
  try {
    const changed = join(folder, 'services.json');
    writeFileSync(changed, withoutEndpoint(readFileSync(SERVICES, 'utf8'), '10.5.88.2'));
    const lines = readPlanLines(await run('diff', { GATEWRIGHT_EXAMPLE: changed }));
    tell.show(printPlanLines(lines.filter(({ host }) => host === 'cloudos1')));
    const parts = [...new Set(lines.map(({ part }) => part))];
    tell.check(
      'the plan shows that service only, on both hosts',
      parts.length === 1 && parts[0]?.includes('service1') === true && hostsOf(lines) === HOSTS.join(' '),
      parts.join(', '),
    );
    await run('deploy', { GATEWRIGHT_EXAMPLE: changed });
    const answers = await sendRequests(lab, { from: 'cloudos2', to: '10.100.100.1:7070', count: REQUESTS });
    tell.check(`cloudos2 -> service1: ${printAnswers(answers)}`, isEven(answers, ['os1_my1']));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SERVICES = join('examples', 'cluster-ip', 'services.json');

/** The file's text without the lines of one endpoint. */
function withoutEndpoint(services: string, address: string): string {
  return services
    .split('\n')
    .filter((line) => !line.includes(`"${address}"`))
    .join('\n')
    .replace(/,(\s*\])/g, '$1');
}

function hostsOf(lines: readonly PlanLine[]): string {
  return [...new Set(lines.map(({ host }) => host))].sort().join(' ');
}

/** Terraform's own words for it. */
export function isNoChange(output: string): boolean {
  return output.includes('No changes.') && readPlanLines(output).length === 0;
}

async function snapshots(lab: Lab): Promise<string> {
  const texts = await Promise.all(HOSTS.map(async (name) => `${name}:\n${await snapshotHost(lab, name)}`));
  return texts.join('\n');
}
