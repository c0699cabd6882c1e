import { beforeAll, describe, expect, test } from 'vitest';
import { snapshotHost } from '../../lib/cli/demo/host-snapshot';
import { isNoChange } from '../../lib/cli/demo/story';
import { DRIFT_CASES, type DriftCase } from './fixtures/drift-cases';
import { FOREIGN, PARTS } from './fixtures/drift-scenario';
import { gates } from './fixtures/gates';
import { hostBlock, providerBlock } from './fixtures/hcl';
import { labForFile } from './fixtures/lab-for-file';
import { byHand, onHost } from './fixtures/observed-host';
import { shownLines } from './fixtures/shown-lines';
import { TerraformFolder } from './fixtures/terraform-folder';

// One apply shows and repairs as many cases as there are hosts, each on a host of its own.
const GATES = ['gate1', 'gate2', 'gate3', 'gate4', 'gate5', 'gate6'];
const scene = labForFile(gates(Object.fromEntries([...GATES, 'native'].map((name) => [name, {}]))));

interface Outcome {
  /** What the plan showed of the host. */
  readonly shown: readonly string[];
  /** The host after the apply. */
  readonly after: string;
}

let folder: TerraformFolder;
let good: string;
const outcomes = new Map<string, Outcome>();

beforeAll(async () => {
  const { lab } = scene;
  for (const name of GATES) await byHand(lab, name, FOREIGN);
  const hosts = GATES.map((name) => hostBlock(lab, { name, parts: PARTS }));
  folder = await TerraformFolder.make(scene.folder('drift'), providerBlock(lab) + hosts.join(''));
  await folder.apply();
  expect(await folder.plan()).toSatisfy(isNoChange);
  good = await snapshotHost(lab, 'gate1');
  for (let start = 0; start < DRIFT_CASES.length; start += GATES.length) {
    await tryAtOnce(DRIFT_CASES.slice(start, start + GATES.length));
  }
});

async function tryAtOnce(cases: readonly DriftCase[]): Promise<void> {
  const { lab } = scene;
  const placed = cases.map((drift, index) => ({ drift, name: GATES[index] ?? '' }));
  for (const { drift, name } of placed) {
    if ('restore' in drift.hand) await byHand(lab, name, drift.hand.restore);
    else await onHost(lab, name, ...drift.hand.argv);
  }
  const { output } = await folder.run('apply', '-auto-approve');
  const shown = shownLines(output);
  for (const { drift, name } of placed) {
    const after = await snapshotHost(lab, name);
    const lines = shown
      .filter((line) => line.startsWith(`${name} `))
      .map((line) => line.slice(name.length + 1));
    outcomes.set(drift.title, { shown: lines, after });
    if (after !== good) await reset(name);
  }
}

/** So that one case that failed does not fail others. */
async function reset(name: string): Promise<void> {
  const { exitCode, stderr } = await scene.lab.exec(name, ['sh', '-c', 'iptables-restore'], {
    stdin: good.slice(0, good.lastIndexOf('COMMIT')) + 'COMMIT\n',
  });
  if (exitCode !== 0) throw new Error(`${name} could not be set back: ${stderr}`);
}

test.each(DRIFT_CASES.map((drift) => [drift.title, drift] as const))(
  'is shown line by line and repaired: %s',
  (title, { shown, after = (before) => before }) => {
    expect(outcomes.get(title)).toEqual({ shown, after: after(good) });
  },
);

test('after all that there is nothing to change', async () => {
  expect(await folder.plan()).toSatisfy(isNoChange);
});

describe('rules that nft itself wrote', () => {
  let native: TerraformFolder;

  beforeAll(async () => {
    const { lab } = scene;
    const hcl = providerBlock(lab) + hostBlock(lab, { name: 'native', parts: PARTS });
    native = await TerraformFolder.make(scene.folder('native'), hcl);
    await native.apply();
  });

  test('are no trouble in a table of their own', async () => {
    await onHost(scene.lab, 'native', 'nft', NFT_TABLE);
    expect(await native.plan()).toSatisfy(isNoChange);
  });

  test('are an error in a table that iptables uses, which names it, and nothing is taken for missing', async () => {
    const rule = 'add rule ip nat POSTROUTING ip saddr 203.0.113.4 masquerade';
    await onHost(scene.lab, 'native', 'nft', rule);
    const live = await onHost(scene.lab, 'native', 'nft', 'list', 'ruleset');
    for (const [command, ...options] of [
      ['plan'],
      ['apply', '-auto-approve'],
      ['destroy', '-auto-approve'],
    ]) {
      expect(await native.messages(command ?? '', ...options)).toEqual([
        {
          severity: 'error',
          summary: 'Host cannot be read reliably',
          detail: expect.stringContaining(
            "iptables-save does not show all rules of table nat: Table `nat' is incompatible, use 'nft' tool.",
          ) as string,
        },
      ]);
    }
    expect(await onHost(scene.lab, 'native', 'nft', 'list', 'ruleset')).toBe(live);
  });
});

const NFT_TABLE =
  'table ip mine { chain after { type nat hook postrouting priority 200; ip saddr 203.0.113.4 masquerade; }; }';
