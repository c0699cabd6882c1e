import { describe, expect, test } from 'vitest';
import { snapshotHost } from '../../lib/cli/demo/host-snapshot';
import { isNoChange } from '../../lib/cli/demo/story';
import type { Parts } from '../../lib/model/declaration';
import { gates } from './fixtures/gates';
import { type Attributes, hostBlock, providerBlock, reachOf } from './fixtures/hcl';
import { labForFile } from './fixtures/lab-for-file';
import { onHost } from './fixtures/observed-host';
import { shownLines } from './fixtures/shown-lines';
import { TerraformFolder } from './fixtures/terraform-folder';

const scene = labForFile(gates({ gate1: {}, gate2: {} }));

const WEB = { scope: '"web"', chain_prefix: '"WEB-"' };

function parts(prefix: string, port: number): Parts {
  return {
    '10-host': 'sysctl net.ipv4.ip_forward=1\niptables -P FORWARD DROP\n',
    '50-port': `iptables -t nat -A PREROUTING -p tcp --dport ${port} -j ${prefix}PORT
iptables -t nat -A ${prefix}PORT -p tcp -j DNAT --to-destination 192.0.2.9:${port}
`,
  };
}

interface Declared {
  readonly host?: string;
  readonly parts: Parts;
  readonly attributes?: Attributes;
}

function configuration(declared: Declared): string {
  return providerBlock(scene.lab) + hostBlock(scene.lab, { name: 'gate', host: 'gate1', ...declared });
}

function folderOf(declared: Declared): Promise<TerraformFolder> {
  return TerraformFolder.make(scene.folder('scope'), configuration(declared));
}

describe('two scopes on one host, from two folders', () => {
  test.each([
    ['the first one first', [0, 1]],
    ['the second one first', [1, 0]],
  ] as const)(
    'live side by side, and leave the host as it was when destroyed, %s',
    async (_name, [first, last]) => {
      const before = await snapshotHost(scene.lab, 'gate1');
      const folders = [
        await folderOf({ parts: parts('GW-', 8080) }),
        await folderOf({ parts: parts('WEB-', 8081), attributes: WEB }),
      ] as const;
      for (const folder of folders) await folder.apply();
      for (const folder of folders) expect(await folder.plan()).toSatisfy(isNoChange);

      await folders[first].destroy();
      expect(await folders[last].plan()).toSatisfy(isNoChange);
      expect(await snapshotHost(scene.lab, 'gate1')).toContain(':FORWARD DROP');
      await folders[last].destroy();
      expect(await snapshotHost(scene.lab, 'gate1')).toBe(before);
    },
  );

  test('may not want different values for one sysctl: the plan names the other scope', async () => {
    const first = await folderOf({ parts: parts('GW-', 8080) });
    await first.apply();
    const second = await folderOf({ parts: { '10-host': 'sysctl net.ipv4.ip_forward=0' }, attributes: WEB });
    expect(await second.messages('plan')).toContainEqual({
      severity: 'error',
      summary: 'scope "default" declares another value for net.ipv4.ip_forward on this host',
      detail: expect.stringContaining('given: 0, but 1 in scope "default"') as string,
    });
    await first.destroy();
  });

  test('may not have prefixes of which one begins with the other', async () => {
    const first = await folderOf({ parts: parts('WEB-', 8080), attributes: WEB });
    await first.apply();
    const attributes = { scope: '"other"', chain_prefix: '"WEB-X-"' };
    const second = await folderOf({ parts: parts('WEB-X-', 8081), attributes });
    expect(await second.messages('plan')).toContainEqual({
      severity: 'error',
      summary: 'Chain prefix belongs to somebody else',
      detail: expect.stringContaining(
        'chain prefix WEB-X- collides with WEB- of scope "web" on this host',
      ) as string,
    });
    await first.destroy();
  });
});

describe('another scope or prefix', () => {
  test.each([
    ['scope', { scope: '"edge"', chain_prefix: '"WEB-"' }, 'WEB-'],
    ['chain_prefix', { scope: '"web"', chain_prefix: '"EDGE-"' }, 'EDGE-'],
  ])('replaces the host: a change of %s', async (changed, attributes, prefix) => {
    const before = await snapshotHost(scene.lab, 'gate1');
    const folder = await folderOf({ parts: parts('WEB-', 8080), attributes: WEB });
    await folder.apply();
    folder.write(configuration({ parts: parts(prefix, 8080), attributes }));
    const plan = await folder.plan();
    expect(plan).toContain('gatewright_host.gate must be replaced');
    expect(plan).toMatch(new RegExp(`~ ${changed} .*# forces replacement`));
    await folder.apply();
    expect(await folder.plan()).toSatisfy(isNoChange);
    const chains = (await onHost(scene.lab, 'gate1', 'iptables-save', '-t', 'nat')).match(/^:[A-Z]+-\w+/gm);
    expect(chains).toEqual([`:${prefix}PORT`]);
    await folder.destroy();
    expect(await snapshotHost(scene.lab, 'gate1')).toBe(before);
  });
});

describe('another address', () => {
  test('of the same host changes the state alone; of another host it is refused', async () => {
    const folder = await folderOf({ parts: parts('GW-', 8080) });
    await folder.apply();
    const live = await snapshotHost(scene.lab, 'gate1');

    folder.write(configuration({ parts: parts('GW-', 8080), attributes: { address: '"localhost"' } }));
    const plan = await folder.plan();
    expect(plan).toMatch(/~ address +=/);
    expect(shownLines(plan)).toEqual([]);
    await folder.apply();
    expect(await folder.plan()).toSatisfy(isNoChange);
    expect(await snapshotHost(scene.lab, 'gate1')).toBe(live);

    const other = await snapshotHost(scene.lab, 'gate2');
    folder.write(configuration({ host: 'gate2', parts: parts('GW-', 8080) }));
    const id = folder.stateOf('gate')?.id;
    expect(await folder.messages('plan')).toContainEqual({
      severity: 'error',
      summary: 'This is another host',
      detail: [
        `127.0.0.1:${reachOf(scene.lab, 'gate2').port}: this is not the host in the state: scope "default" has id none there, the state says ${String(id)}`,
        'Nothing was changed.',
        'to do: correct the address; or, if the host was replaced, remove it from the state (terraform state rm) and apply or import anew',
      ].join('\n'),
    });
    expect((await folder.run('apply', '-auto-approve')).exitCode).toBe(1);
    expect(await snapshotHost(scene.lab, 'gate2')).toBe(other);
    folder.write(configuration({ parts: parts('GW-', 8080) }));
    await folder.destroy();
  });
});

describe('a scope that is on the host already', () => {
  test('is not taken over by a state that does not know it; the error has the import command', async () => {
    const first = await folderOf({ parts: parts('GW-', 8080) });
    await first.apply();
    const second = await folderOf({ parts: parts('GW-', 9090) });
    const port = reachOf(scene.lab, 'gate1').port;
    expect(await second.messages('plan')).toContainEqual({
      severity: 'error',
      summary: 'Scope exists on this host already',
      detail: expect.stringContaining(
        `terraform import gatewright_host.NAME 'default@127.0.0.1:${port}'`,
      ) as string,
    });
    await second.must('import', 'gatewright_host.gate', `default@127.0.0.1:${port}`);
    expect(shownLines(await second.apply())).toEqual([
      'gate "50-port" - iptables -t nat -A PREROUTING -p tcp --dport 8080 -j GW-PORT',
      'gate "50-port" + iptables -t nat -A PREROUTING -p tcp --dport 9090 -j GW-PORT',
      'gate "50-port" - iptables -t nat -A GW-PORT -p tcp -j DNAT --to-destination 192.0.2.9:8080',
      'gate "50-port" + iptables -t nat -A GW-PORT -p tcp -j DNAT --to-destination 192.0.2.9:9090',
    ]);
    await second.destroy();
  });

  test('an import of a scope that the host does not have is an error', async () => {
    const folder = await folderOf({ parts: parts('GW-', 8080) });
    const { exitCode, output } = await folder.run(
      'import',
      'gatewright_host.gate',
      `default@127.0.0.1:${reachOf(scene.lab, 'gate2').port}`,
    );
    expect(exitCode).toBe(1);
    expect(output).toContain('Error: Nothing to import');
  });
});
