import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { snapshotHost } from '../../lib/cli/demo/host-snapshot';
import { isNoChange } from '../../lib/cli/demo/story';
import type { UserFile } from '../../lib/lab/spec';
import { gates } from './fixtures/gates';
import { type Attributes, hostBlock, providerBlock, reachOf } from './fixtures/hcl';
import { readKeptText } from './fixtures/kept-text';
import { labForFile } from './fixtures/lab-for-file';
import { onHost } from './fixtures/observed-host';
import { shownLines } from './fixtures/shown-lines';
import { TerraformFolder } from './fixtures/terraform-folder';
import { type WatchedProcesses, watchProcesses } from './fixtures/watched-processes';

// What a shell would make of the second half must not matter either.
const SUDO = 'swordfish-of-sudo$(id);`id`';
const GIVEN = 'swordfish-as-given "\'&|\\';
const LOGIN = 'swordfish-of-login ${x} %s';
const WRONG = 'swordfish-of-nobody';
const SECRET = /.{0,40}swordfish.{0,20}/;

/** A host by name, its account, and how the provider gets in. */
interface Way {
  readonly host: string;
  readonly user: UserFile;
  readonly provider?: Attributes;
}

const WAYS: readonly (readonly [string, Way])[] = [
  ['sudo asks for nothing', { host: 'free', user: { name: 'ops', sudo: 'nopasswd' } }],
  [
    'sudo asks, GATEWRIGHT_SUDO_PASSWORD answers',
    { host: 'asked', user: { name: 'ops', password: SUDO, sudo: 'password' } },
  ],
  [
    'sudo asks, the attribute sudo_password answers',
    {
      host: 'given',
      user: { name: 'ops', password: GIVEN, sudo: 'password' },
      provider: { sudo_password: 'var.passwords["given"]' },
    },
  ],
  [
    'the login asks, GATEWRIGHT_PASSWORD answers',
    {
      host: 'typed',
      user: { name: 'ops', password: LOGIN, sudo: 'nopasswd', key: false },
      provider: { private_key_path: 'null' },
    },
  ],
  [
    'another host is the bastion, and sudo asks behind it',
    { host: 'behind', user: { name: 'ops', password: SUDO, sudo: 'password' } },
  ],
];
const HOSTS = WAYS.map(([, { host }]) => host);
const BEHIND = { address: `"192.0.2.${HOSTS.indexOf('behind') + 1}"`, port: '22' };

const STRANGER: UserFile = { name: 'stranger', password: GIVEN };
const scene = labForFile(
  gates(Object.fromEntries(WAYS.map(([, { host, user }]) => [host, { users: [user, STRANGER] }]))),
);

/** Of the saved plan, the state's private data, Terraform's log, and the provider's lines in it. */
const KEPT = [
  '"Dir": "."',
  '{"version":1,"owned":',
  'GRPCProvider.v6: ApplyResourceChange',
  'gatewright trace: ',
];

const VARIABLE = '\nvariable "passwords" {\n  type = map(string)\n  ephemeral = true\n}\n';
const PARTS = { '10-wall': 'iptables -A INPUT -s 203.0.113.1 -j DROP\n' };

/** All hosts, each with a provider of its own; `changes` are those of a host's provider. */
function configuration(changes: Readonly<Record<string, Attributes>> = {}): string {
  const blocks = WAYS.map(([, { host, user, provider }]) => {
    const settings = { alias: `"${host}"`, user: `"${user.name}"`, ...provider, ...changes[host] };
    const way = host === 'behind' ? { ...BEHIND, bastion: bastion() } : {};
    const attributes = { provider: `gatewright.${host}`, ...way };
    return (
      providerBlock(scene.lab, settings) + hostBlock(scene.lab, { name: host, parts: PARTS, attributes })
    );
  });
  return VARIABLE + blocks.join('');
}

function bastion(): string {
  const { address, port, host_key } = reachOf(scene.lab, 'free');
  return `{ address = ${address}, port = ${port}, host_key = ${host_key} }`;
}

function passwords(given: Readonly<Record<string, string>>): Record<string, string> {
  return { TF_VAR_passwords: JSON.stringify(given) };
}

let folder: TerraformFolder;
let watched: WatchedProcesses;
let before: readonly string[];
/** All that is written anywhere, by what wrote it. */
const written = new Map<string, string>();

beforeAll(async () => {
  folder = await TerraformFolder.make(scene.folder('sudo'), configuration());
  const log = { TF_LOG: 'trace', TF_LOG_PATH: join(folder.path, 'trace'), GATEWRIGHT_TRACE: '1' };
  Object.assign(folder.environment, log);
  before = await snapshots();
});

function snapshots(): Promise<readonly string[]> {
  return Promise.all(HOSTS.map((name) => snapshotHost(scene.lab, name)));
}

async function note(what: string, output: Promise<string>): Promise<string> {
  written.set(what, await output);
  return output;
}

describe.sequential('users who are not root', () => {
  beforeAll(() => {
    const secrets = { GATEWRIGHT_SUDO_PASSWORD: SUDO, GATEWRIGHT_PASSWORD: LOGIN };
    Object.assign(folder.environment, secrets, passwords({ given: GIVEN }));
    watched = watchProcesses();
  });

  test('plan, apply, have nothing to change, and destroy', async () => {
    const plan = await note('plan', folder.plan('-out=saved'));
    expect(shownLines(plan).toSorted()).toEqual(
      HOSTS.map((host) => `${host} "10-wall" + iptables -A INPUT -s 203.0.113.1 -j DROP`).toSorted(),
    );
    await note('apply', folder.must('apply', 'saved'));
    const kept = readKeptText(folder.path);
    written.set('plan file, state and log of the apply', kept);
    for (const sample of KEPT) expect(kept.includes(sample), sample).toBe(true);
    for (const host of HOSTS) written.set(`files on ${host}`, await filesOn(host));
    expect(await note('second plan', folder.plan())).toSatisfy(isNoChange);
    const applied = await Promise.all(
      HOSTS.map((name) => onHost(scene.lab, name, 'iptables', '-S', 'INPUT')),
    );
    await note('destroy', folder.destroy());
    expect(applied).toEqual(
      HOSTS.map(
        () =>
          '-P INPUT ACCEPT\n-A INPUT -s 203.0.113.1/32 -m comment --comment "gatewright:default" -j DROP\n',
      ),
    );
    expect(await snapshots()).toEqual(before);
  });

  test('show their passwords nowhere: no output, state, plan, log, file or process list has them', async () => {
    const processes = [...(await watched.stop())];
    written.set('processes', processes.join('\n'));
    written.set('backup of the state and whole log', readKeptText(folder.path));
    expect(processes.filter((line) => /^sudo -S -p /.test(line))).not.toEqual([]);
    expect([...written].map(([what, text]) => [what, SECRET.exec(text)?.[0]])).toEqual(
      [...written.keys()].map((what) => [what, undefined]),
    );
  });
});

/** What Gatewright and sudo keep there. */
function filesOn(host: string): Promise<string> {
  return onHost(scene.lab, host, 'sh', '-c', 'grep -ra "" /run /var/lib/gatewright');
}

describe('a user who does not become root', () => {
  let refusals: readonly { readonly detail: string; readonly summary: string }[];

  beforeAll(async () => {
    folder.write(
      configuration({
        free: { user: '"stranger"', sudo_password: 'var.passwords["stranger"]' },
        asked: { sudo_password: 'var.passwords["wrong"]' },
        given: { sudo_password: 'null' },
      }),
    );
    const secrets = { GATEWRIGHT_SUDO_PASSWORD: '', GATEWRIGHT_PASSWORD: WRONG };
    Object.assign(folder.environment, secrets, passwords({ stranger: GIVEN, wrong: WRONG }));
    refusals = await folder.messages('plan');
  });

  test.each([
    ['is not in sudoers', 'free', 'Cannot become root by sudo', /stranger is not in the sudoers file/],
    ['gives sudo a wrong password', 'asked', 'Cannot become root by sudo', /sudo refused the password\n/],
    [
      'gives sudo none',
      'given',
      'Cannot become root by sudo',
      /sudo asks for a password and none is given\n/,
    ],
    ['logs in with a wrong password', 'typed', 'Login was refused', /password/],
  ])('%s: an error says so and what to do', (_what, host, summary, detail) => {
    const endpoint = `127.0.0.1:${reachOf(scene.lab, host).port}`;
    const found = refusals.filter((refusal) => refusal.summary.endsWith(endpoint));
    expect(found).toEqual([expect.objectContaining({ severity: 'error' })]);
    expect(found[0]?.summary).toContain(summary);
    expect(found[0]?.detail).toMatch(detail);
    expect(found[0]?.detail).toContain('to do: ');
  });

  test('shows no password either, and changes nothing', async () => {
    expect(refusals.length).toBeGreaterThan(0);
    expect(SECRET.exec(JSON.stringify(refusals))).toBeNull();
    expect(SECRET.exec(readKeptText(folder.path))).toBeNull();
    expect(await snapshots()).toEqual(before);
  });
});
