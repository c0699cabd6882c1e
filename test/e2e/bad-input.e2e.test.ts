import { createHash } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type BadInput, type Place, type Shown, shownErrors, writeInput } from './fixtures/bad-input';
import { BAD_HOSTS, PASSWORD, WRONG_PASSWORD } from './fixtures/bad-input-hosts';
import { BAD_DECLARATIONS, REFUSED_BY_HOST } from './fixtures/bad-input-parts';
import { BAD_TOOL_LINES } from './fixtures/bad-input-tools';
import { gates } from './fixtures/gates';
import { reachOf } from './fixtures/hcl';
import { labForFile } from './fixtures/lab-for-file';
import { observeHost, onHost } from './fixtures/observed-host';
import { readTexts } from './fixtures/plan-file';
import { TerraformFolder } from './fixtures/terraform-folder';

const HOSTS = ['gate', 'old', 'bald'];
const scene = labForFile(
  gates({
    gate: {
      iptables: 'nft',
      users: [
        { name: 'ops', password: PASSWORD, sudo: 'password' },
        { name: 'visitor', password: PASSWORD },
      ],
    },
    old: { iptables: 'legacy' },
    bald: { without: ['iptables'] },
  }),
);

let folder: TerraformFolder;
let place: Place;
let untouched: string;

beforeAll(async () => {
  const path = scene.folder('bad');
  place = {
    lab: scene.lab,
    file: (name, text) => {
      writeFileSync(join(path, name), text);
      return JSON.stringify(join(path, name));
    },
  };
  folder = await TerraformFolder.make(path, writeInput(scene.lab, {}));
  untouched = await observed();
});

describe('terraform plan, before a host is even reached,', () => {
  test.each(byTitle([...BAD_DECLARATIONS, ...BAD_TOOL_LINES]))(
    'says what is wrong with %s',
    async (_title, row) => {
      const visits = await onHost(scene.lab, 'gate', 'cat', '/var/log/sshd.log');
      await expectRefused(row);
      expect(await onHost(scene.lab, 'gate', 'cat', '/var/log/sshd.log')).toBe(visits);
    },
  );
});

describe('terraform plan, with a look at the host that changes nothing there,', () => {
  test.each(byTitle(BAD_HOSTS))('says what is wrong with %s', (_title, row) => expectRefused(row));

  test.each(byTitle(REFUSED_BY_HOST))('says what is wrong with %s by part and line', (_title, row) =>
    expectRefused(row),
  );

  test('says it on every host at once where there are several', async () => {
    const bad = writeInput(scene.lab, { parts: { '10-first': 'iptables -A INPTU -j ACCEPT\n' } });
    const [, second = ''] = bad.split('resource ');
    folder.write(`${bad}\nresource ${second.replace('"edge"', '"other"')}`);
    const { exitCode, output } = await folder.run('plan', '-json');
    expect(exitCode).toBe(1);
    expect(shownErrors(output).map(({ summary }) => summary)).toEqual([
      'the host has no chain INPTU in table filter',
      'the host has no chain INPTU in table filter',
    ]);
  });
});

test('what is bad and known only at apply is refused then, and the host is not touched either', async () => {
  const late = await TerraformFolder.make(
    scene.folder('late'),
    `${writeInput(scene.lab, { parts: '{ "10-first" = terraform_data.line.output }' })}
resource "terraform_data" "line" {
  input = "iptables -F"
}
`,
  );
  const { exitCode, output } = await late.run('apply', '-json', '-auto-approve');
  expect(exitCode).toBe(1);
  expect(shownErrors(output).map(({ summary, detail }) => [summary, ...detail.slice(0, 2)])).toEqual([
    ['-F removes or replaces, and a part says what is', 'at: part "10-first", line 1', 'given: iptables -F'],
  ]);
  expect(late.stateOf('edge')).toBeUndefined();
});

test('after all that, rules, sysctls and files of every host are as before', async () => {
  expect(await observed()).toBe(untouched);
});

test('passwords, right or wrong, stand in no output, state or plan file', async () => {
  const secrets = await TerraformFolder.make(
    scene.folder('secrets'),
    writeInput(scene.lab, { provider: { private_key_path: 'null' }, attributes: { user: '"ops"' } }),
  );
  const { environment } = secrets;
  const right = { GATEWRIGHT_PASSWORD: PASSWORD, GATEWRIGHT_SUDO_PASSWORD: PASSWORD };
  const outputs: string[] = [];
  const terraform = async (
    given: Record<string, string>,
    ...words: string[]
  ): Promise<number | undefined> => {
    secrets.environment = { ...environment, ...given };
    const { exitCode, output } = await secrets.run(...words);
    outputs.push(output, ...readTexts(secrets.path));
    return exitCode;
  };
  expect(await terraform(right, 'plan', '-out=plan')).toBe(0);
  const packed = readTexts(secrets.path).filter((text) => text.includes('gatewright_host.edge'));
  expect(packed, 'the plan file can be read').toHaveLength(1);
  expect(await terraform(right, 'apply', 'plan')).toBe(0);
  expect(await terraform({ ...right, GATEWRIGHT_PASSWORD: WRONG_PASSWORD }, 'plan', '-out=plan')).toBe(1);
  expect(await terraform(right, 'destroy', '-auto-approve')).toBe(0);
  expect(outputs.some((text) => text.includes('"type": "gatewright_host"'))).toBe(true);
  expect(outputs.filter((text) => text.includes(PASSWORD) || text.includes(WRONG_PASSWORD))).toEqual([]);
});

function byTitle(rows: readonly BadInput[]): [string, BadInput][] {
  return rows.map((row) => [row.title, row]);
}

/** Exactly this one error, no state, and no secret in what was printed or written. */
async function expectRefused({ write, error }: BadInput): Promise<void> {
  const { environment = {}, ...written } = write(place);
  const { environment: usual } = folder;
  folder.write(writeInput(scene.lab, written));
  rmSync(join(folder.path, 'plan'), { force: true });
  folder.environment = { ...usual, ...environment };
  const { exitCode, output } = await folder.run('plan', '-json', '-out=plan');
  folder.environment = usual;
  expect(shownErrors(output).map((shown) => legible(shown, written.host))).toEqual([error]);
  expect(exitCode).toBe(1);
  expect(existsSync(join(folder.path, 'terraform.tfstate'))).toBe(false);
  for (const secret of Object.values(environment)) {
    expect([output, ...readTexts(folder.path)].filter((text) => text.includes(secret))).toEqual([]);
  }
}

/** With words for what differs from run to run. */
function legible({ summary, detail, at }: Shown, host = 'gate'): Shown {
  const words: [string, string][] = [
    [folder.path, 'FOLDER'],
    [scene.lab.dir, 'LAB'],
    [reachOf(scene.lab, host).port, 'PORT'],
    [fingerprint('gate'), 'KEY-OF-GATE'],
    [fingerprint('bald'), 'KEY-OF-BALD'],
  ];
  const reword = (text: string): string =>
    words
      .reduce((reworded, [from, to]) => reworded.replaceAll(from, to), text)
      .replace(/(?<=iptables-restore )v[\d.]+/, 'VERSION');
  return { summary: reword(summary), detail: detail.map(reword), at };
}

function fingerprint(host: string): string {
  const [, key = ''] = reachOf(scene.lab, host).host_key.slice(1, -1).split(' ');
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

async function observed(): Promise<string> {
  const texts = await Promise.all(
    HOSTS.map((name) =>
      name === 'bald'
        ? onHost(scene.lab, name, 'find', '/etc', '/var/lib', '-xdev', '-printf', '%p %T@ %s\\n')
        : observeHost(scene.lab, name),
    ),
  );
  return texts.join('\n');
}
