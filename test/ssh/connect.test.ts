import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import { printEndpoint, printHostName } from '../../lib/ssh/host-name';

const ENVIRONMENT = { homeFolder: '/nonexistent', systemKnownHostsPath: '/nonexistent' };

test.each([
  ['gw.example', 22, 'root@gw.example:22'],
  ['2001:db8::1', 2222, 'root@[2001:db8::1]:2222'],
])('%s port %i is named %s', (address, port, expected) => {
  expect(printHostName({ user: 'root', address, port })).toBe(expected);
  expect(`root@${printEndpoint({ address, port })}`).toBe(expected);
});

test.each([
  ['a host key that is none', { hostKey: 'AAAA' }, 'key-unreadable'],
  ['a sudo password of two lines', { sudoPassword: 'a\nb' }, 'sudo-failed'],
  ['no credentials', {}, 'authentication-failed'],
  [
    'no credentials for the bastion',
    { password: 'x', bastion: { address: 'b', port: 22, user: 'jump' } },
    'authentication-failed',
  ],
])('%s is refused before anything is sent', async (_name, settings, code) => {
  const attempt = connect(
    { address: 'no-such-host.invalid', port: 22, user: 'root', ...settings },
    ENVIRONMENT,
  );
  await expect(attempt).rejects.toMatchObject({ code });
});

test('loading the layer does not load ssh2', () => {
  const entry = join(import.meta.dirname, '..', '..', 'lib', 'ssh', 'connect.ts');
  const script = `
    require(process.argv[1]);
    console.log(Object.keys(require.cache).filter((file) => file.includes('/node_modules/ssh2/')).length);`;
  const loaded = execFileSync(process.execPath, ['--require', 'tsx/cjs', '-e', script, entry], {
    encoding: 'utf8',
  });
  expect(loaded.trim()).toBe('0');
});
