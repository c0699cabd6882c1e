import { describe, expect, test } from 'vitest';
import { answerPrompts, Authentication } from '../../lib/ssh/authentication';
import { SshError } from '../../lib/ssh/errors';
import { SUDO_PROMPT } from '../../lib/ssh/shell-text';
import { SudoConversation } from '../../lib/ssh/sudo';

describe('a host that asks', () => {
  test.each([
    ['Password: ', false, 'secret'],
    ['password:', false, 'secret'],
    ["joe@gw's password: ", false, 'secret'],
    ['Password for joe@gw:', false, 'secret'],
    ['Password: ', true, ''],
    ['Verification code: ', false, ''],
    ['New password: ', false, ''],
    ['Current password: ', false, ''],
    ['Retype new password: ', false, ''],
    ['Type the password of your bank', false, ''],
  ])('"%s" (shown as typed: %s) gets "%s"', (prompt, echo, expected) => {
    let given: readonly string[] = [];
    answerPrompts('secret')('', '', '', [{ prompt, echo }], (answers) => {
      given = answers;
    });
    expect(given).toEqual([expected]);
  });

  test('a password prompt that comes again is not answered again', () => {
    const given: (readonly string[])[] = [];
    const prompter = answerPrompts('secret');
    for (let round = 0; round < 2; round++) {
      prompter('', '', '', [{ prompt: 'Password: ', echo: false }], (answers) => given.push(answers));
    }
    expect(given).toEqual([['secret'], ['']]);
  });
});

describe('a login', () => {
  const password = { kind: 'password', label: 'password', password: 'secret' } as const;
  const agent = { kind: 'agent', label: 'agent /run/agent', socketPath: '/run/agent' } as const;

  test('tries only what the host accepts, and says what became of each', () => {
    const login = new Authentication('joe', {
      tries: [agent, password],
      skipped: ['key ~/.ssh/id_rsa (encrypted)'],
    });
    expect(login.next(null)).toEqual({ type: 'agent', username: 'joe', agent: '/run/agent' });
    login.note('Failed to connect to agent');
    expect(login.next(['publickey', 'keyboard-interactive'])).toMatchObject({ type: 'keyboard-interactive' });
    expect(login.isExhausted).toBe(false);
    expect(login.next(['publickey', 'keyboard-interactive'])).toBe(false);
    expect(login.isExhausted).toBe(true);
    expect(login.describe()).toBe(
      [
        'tried: agent /run/agent (Failed to connect to agent), password (not accepted by the host), keyboard-interactive',
        'left out: key ~/.ssh/id_rsa (encrypted)',
        'the host accepts: publickey, keyboard-interactive',
      ].join('\n'),
    );
  });
});

describe('sudo', () => {
  const lecture = 'We trust you have received the usual lecture\n';

  test('gets the password when it asks, and only once', () => {
    const sudo = new SudoConversation('joe@gw:22', 'apply', 'secret');
    expect(sudo.react(lecture)).toBeUndefined();
    expect(sudo.react(lecture + SUDO_PROMPT.slice(0, 10))).toBeUndefined();
    expect(sudo.react(lecture + SUDO_PROMPT)).toBe('secret\n');
    expect(sudo.react(`${lecture}${SUDO_PROMPT}\nwait\n`)).toBeUndefined();
    const refusal = sudo.react(`${lecture}${SUDO_PROMPT}Sorry, try again.\n${SUDO_PROMPT}`);
    expect(refusal).toBeInstanceOf(SshError);
    expect(refusal).toMatchObject({
      code: 'sudo-failed',
      step: 'apply',
      message: 'on joe@gw:22, sudo refused the password',
    });
  });

  test('that asks where no password is given is an error with the way out', () => {
    expect(new SudoConversation('joe@gw:22', 'apply', undefined).react(SUDO_PROMPT)).toMatchObject({
      message: 'on joe@gw:22, sudo asks for a password and none is given',
      fix: 'set sudo_password (or GATEWRIGHT_SUDO_PASSWORD), or allow it without one (NOPASSWD in sudoers)',
    });
  });

  test('that ends or stays silent is quoted without our prompt', () => {
    const sudo = new SudoConversation('joe@gw:22', 'apply', 'secret');
    const said = `${SUDO_PROMPT}\njoe is not in the sudoers file.\n`;
    expect(sudo.explainEnd(1, said).message).toBe(
      'on joe@gw:22, sudo did not start a root shell (exit code 1); it said:\njoe is not in the sudoers file.',
    );
    expect(sudo.explainEnd(127, '').message).toBe('on joe@gw:22, sudo cannot be run (exit code 127)');
    expect(sudo.explainSilence('Token code: ').message).toBe(
      'on joe@gw:22, sudo did not start a root shell within 30 s; it said:\nToken code:',
    );
  });
});
