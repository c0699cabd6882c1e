// Ctrl-C while a host is being waited for: nobody waits on.
import { once } from 'node:events';
import { type Server, createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TerraformFolder } from './fixtures/terraform-folder';
import { listen } from '../hosts/fixtures/listen';

const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE+1111111111111111111111111111111111111111111';
/** Far more than a test takes: who ends earlier has not waited for it. */
const CONNECT_TIMEOUT_SECONDS = 170;

let root: string;
let silent: Server;
let port: number;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'gatewright-stop-'));
  silent = createServer();
  port = await listen(silent);
});

afterAll(() => {
  silent.close();
  rmSync(root, { recursive: true });
});

test('a plan that waits for a host which says nothing ends at once, and says why', async () => {
  const folder = await TerraformFolder.make(
    root,
    `provider "gatewright" {
  password                = "x"
  connect_timeout_seconds = ${CONNECT_TIMEOUT_SECONDS}
}
resource "gatewright_host" "silent" {
  address  = "127.0.0.1"
  port     = ${port}
  host_key = "${HOST_KEY}"
  parts    = { "10-wall" = "iptables -A INPUT -s 203.0.113.1 -j DROP" }
}
`,
  );
  const reached = once(silent, 'connection');
  const plan = folder.start('plan');
  await reached;
  const begun = performance.now();
  process.kill(plan.pid, 'SIGINT');
  const { exitCode, output } = await plan.ended;
  expect(exitCode, output).toBe(1);
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(output).toContain('Interrupt received.');
  expect(output).toMatch(/Stopped[^]*Terraform asked to stop, so this was given up\./);
});
