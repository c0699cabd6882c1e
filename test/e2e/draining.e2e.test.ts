// Draining as a user of Terraform sees it: the attribute, the apply that waits and says so in the log, Ctrl-C, and the apply that finishes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { isNoChange } from '../../lib/cli/demo/story';
import { holdConnection } from '../hosts/fixtures/held-connection';
import { hostBlock, providerBlock } from './fixtures/hcl';
import { labForFile } from './fixtures/lab-for-file';
import { onHost } from './fixtures/observed-host';
import { TerraformFolder } from './fixtures/terraform-folder';

const scene = labForFile({
  hosts: {
    director: {
      kind: 'kernel',
      links: {
        eth0: { network: 'clients', addresses: ['10.9.1.1/24'] },
        eth1: { network: 'servers', addresses: ['10.9.2.1/24'] },
      },
    },
    client: { kind: 'bare', links: { eth0: { network: 'clients', addresses: ['10.9.1.2/24'] } } },
    web: {
      kind: 'bare',
      links: { eth0: { network: 'servers', addresses: ['10.9.2.11/24'] } },
      routes: ['default via 10.9.2.1'],
      serve: [{ port: 80, protocol: 'tcp' }],
    },
  },
});

const FORWARD = 'sysctl net.ipv4.ip_forward=1\n';
const SERVICE = 'ipvsadm -A -t 10.9.1.1:80 -s rr\n';
const WEB = 'ipvsadm -a -t 10.9.1.1:80 -r 10.9.2.11:80 -m -w 1\n';

let folder: TerraformFolder;

function write(parts: Readonly<Record<string, string>>): void {
  const { lab } = scene;
  const attributes = { drain_timeout_seconds: '120' };
  folder.write(providerBlock(lab) + hostBlock(lab, { name: 'director', parts, attributes }));
}

function servers(): Promise<string> {
  return onHost(scene.lab, 'director', 'ipvsadm', '-Sn');
}

beforeAll(async () => {
  folder = await TerraformFolder.make(scene.folder('draining'), '');
  write({ host: FORWARD, web: SERVICE + WEB });
  await folder.apply();
  // These have ended when it comes to draining, and are not waited for.
  const answered = 'until curl -s --max-time 3 http://10.9.1.1/; do sleep 0.1; done';
  await onHost(scene.lab, 'client', 'sh', '-c', answered);
});

test('an apply waits for connections, says so in the log, can be stopped, and is finished by the next', async () => {
  const connection = await holdConnection(scene.lab, 'client', '10.9.1.1:80');
  write({ host: FORWARD, web: SERVICE });
  const log = join(folder.path, 'terraform.log');
  Object.assign(folder.environment, { TF_LOG: 'DEBUG', TF_LOG_PATH: log });
  const applying = folder.start('apply', '-auto-approve');
  const drains = 'until ipvsadm -Sn | grep -q -e "-m -w 0"; do sleep 0.1; done';
  await onHost(scene.lab, 'director', 'sh', '-c', drains);
  await expect
    .poll(() => readFileSync(log, 'utf8'), { timeout: 60_000, interval: 200 })
    .toContain('1 of 1 real servers drain: -t 10.9.1.1:80 -r 10.9.2.11:80 has 1');
  process.kill(applying.pid, 'SIGINT');
  const { output } = await applying.ended;
  expect(output).toContain('1 real servers still drain');
  folder.environment = { ...folder.environment, TF_LOG: '' };

  expect(await folder.plan()).toSatisfy(isNoChange);
  expect(await servers()).toContain('-a -t 10.9.1.1:80 -r 10.9.2.11:80 -m -w 0');
  expect(await connection.ask()).toBe('web 10.9.1.2');
  write({ host: FORWARD, web: SERVICE.replace('rr', 'wrr') });
  expect(await folder.apply()).not.toContain('with connections');
  expect(await servers()).toBe('-A -t 10.9.1.1:80 -s wrr\n');
});
