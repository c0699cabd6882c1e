// The engine on hosts that give it little: a login shell that is not POSIX and prints noise, no /usr/sbin on PATH, one session at a time.
import { beforeAll, describe, expect, test } from 'vitest';
import { errorOf, PARTS } from '../converge/scenario';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { mustExec } from './fixtures/kept-generation';
import { LabScenario } from './fixtures/lab-scenario';

/** Root's login shell there, the file that it reads, and what stands in it. */
const HOSTS: readonly (readonly [name: string, shell: string, file: string, text: string])[] = [
  ['tcsh', '/usr/bin/tcsh', '.tcshrc', 'echo noise; setenv PATH /usr/bin:/bin\n'],
  ['fish', '/usr/bin/fish', '.config/fish/config.fish', 'echo noise; set -gx PATH /usr/bin /bin\n'],
  ['bash', '/usr/bin/bash', '.bashrc', 'echo noise; PATH=/usr/bin:/bin\n'],
];

const run = labForFile({
  hosts: Object.fromEntries(
    HOSTS.map(([name]) => [name, { kind: 'namespace', links: { eth0: { network: `lan-${name}` } } }]),
  ),
});

const NARROW = `
shell=$1 file=$2
cd
mkdir -p "$(dirname "$file")"
cat > "$file"
sed -i "s|^\\(root:.*\\):[^:]*$|\\1:$shell|" /etc/passwd
sed -i 's/^MaxSessions .*/MaxSessions 1/' /etc/ssh/sshd_config
pid=$(cat /run/sshd.pid)
rm /run/sshd.pid
kill -HUP "$pid"
until [ -s /run/sshd.pid ]; do sleep 0.05; done
`;
/** As a login has it, not as the lab has it. */
const SEEN = 'command -v iptables-save; grep ^root: /etc/passwd; echo "$PATH"';

describe.each(HOSTS)('where root logs in by %s', (name, shell, file, text) => {
  let scenario: LabScenario;

  beforeAll(async () => {
    await mustExec(run.lab, name, ['sh', '-ec', NARROW, 'sh', shell, file], text);
    scenario = new LabScenario(run.lab, name, { persist: 'fail-open', confirmTimeoutSeconds: 20 });
  });

  test('the login is as narrow as that', async () => {
    const connection = await scenario.target.open();
    const seen = await connection.start({ step: 'ask', body: SEEN, timeoutSeconds: 20 });
    const { stdout } = await seen.result;
    expect(stdout).toMatch(new RegExp(`^root:.*:${shell}\n/usr/bin:/bin\n$`));
  });

  test('an apply is planned, made, confirmed over a second connection, read again and removed', async () => {
    await scenario.apply(PARTS);
    expect(scenario.notes).toEqual([]);
    expect(await scenario.refresh()).toEqual(PARTS);
    expect(await scenario.wording(PARTS)).toBe('prior');
    const listed = await mustExec(run.lab, name, [
      'env',
      'PATH=/usr/bin:/bin',
      'sh',
      '/var/lib/gatewright/current/go-back',
    ]);
    expect(listed).toMatch(/^\* {4}1 .*scope default\n$/);
    await scenario.destroy();
    expect(await scenario.refresh()).toEqual({});
  });

  test('one that does not pass its probes is rolled back at once, not when the host gives up', async () => {
    const probes = [{ kind: 'command', command: ['false'], timeoutSeconds: 1 }] as const;
    Object.assign(scenario.target, { probes, confirmTimeoutSeconds: 120 });
    const begun = performance.now();
    expect(await errorOf(scenario.apply(PARTS))).toMatchObject({ name: 'ApplyFailed', undone: true });
    expect(performance.now() - begun).toBeLessThan(60_000);
    Object.assign(scenario.target, { probes: [] });
    expect(await scenario.refresh()).toEqual({});
  });
});
