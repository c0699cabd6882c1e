// Who holds a host's lock, as those read it who wait in vain: the user before sudo, and where the login came from.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CAME_BY } from '../../lib/converge/shell/came-by';
import { OWNER } from '../../lib/converge/shell/functions';
import { connect } from '../../lib/ssh/connect';
import { startSshServer, type SshServer } from './fixtures/ssh-server';

let server: SshServer;

beforeAll(async () => {
  server = await startSshServer({
    users: ['plain', 'piped'].map((name) => ({ name, password: 'x' })),
    sudoers: 'Defaults:piped use_pty\nplain, piped ALL=(root) NOPASSWD: ALL',
  });
});

afterAll(async () => {
  await server.stop();
});

test.each(['plain', 'piped'])(
  'through sudo it is the one who logged in, and where from: %s',
  async (user) => {
    const connection = await connect({ ...server.settings, user }, server.environment);
    const body = `run=$(mktemp -d)\nwork=$run/work\n${CAME_BY}${OWNER}\ncat "$run/owner"\nrm -r "$run"`;
    const running = await connection.start({ step: 'ask', body, timeoutSeconds: 20 });
    const { stdout } = await running.result;
    connection.close();
    expect(stdout).toMatch(
      new RegExp(`^since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC, by ${user} from 127\\.0\\.0\\.1\\n$`),
    );
  },
);
