// The conversation with sudo(8) before a root `sh` runs: when to send the password, and why sudo refused. Used by shell-session.ts.
import { SshError } from './errors';
import { SUDO_PROMPT } from './shell-text';

/** sudo waits for slow directories and, after a wrong password, for seconds; a prompt of somebody else's it waits for forever. */
export const SUDO_TIMEOUT_SECONDS = 30;

const GIVE_PASSWORD =
  'set sudo_password (or GATEWRIGHT_SUDO_PASSWORD), or allow it without one (NOPASSWD in sudoers)';

const ALLOW =
  'let this user run sh as root by sudo, without a terminal (no requiretty); try on the host: sudo -k; sudo sh -c id';

/** Answers one prompt, once: a second one means that the password was wrong. */
export class SudoConversation {
  private answered = false;

  constructor(
    private readonly host: string,
    private readonly step: string,
    private readonly password: string | undefined,
  ) {}

  /** What to do after sudo has said so much: send this text, give up with this error, or wait. */
  react(said: string): string | SshError | undefined {
    const prompts = said.split(SUDO_PROMPT).length - 1;
    if (prompts === 0 || (prompts === 1 && this.answered)) return undefined;
    if (this.answered)
      return this.error('sudo refused the password', 'correct sudo_password (or GATEWRIGHT_SUDO_PASSWORD)');
    if (this.password === undefined)
      return this.error('sudo asks for a password and none is given', GIVE_PASSWORD);
    this.answered = true;
    return `${this.password}\n`;
  }

  /** sudo ended without a root shell. 127 is every shell's word for a command that does not exist. */
  explainEnd(exitCode: number | undefined, said: string): SshError {
    const how = exitCode === undefined ? '' : ` (exit code ${exitCode})`;
    if (exitCode === 127) {
      return this.error(
        `sudo cannot be run${how}${quote(said)}`,
        'install sudo on the host, or log in as root',
      );
    }
    return this.error(`sudo did not start a root shell${how}${quote(said)}`, ALLOW);
  }

  explainSilence(said: string): SshError {
    return this.error(
      `sudo did not start a root shell within ${SUDO_TIMEOUT_SECONDS} s${quote(said)}`,
      ALLOW,
    );
  }

  private error(message: string, fix: string): SshError {
    return new SshError('sudo-failed', this.host, this.step, `on ${this.host}, ${message}`, { fix });
  }
}

/** What was said, without our own prompt. */
function quote(said: string): string {
  const text = said.replaceAll(SUDO_PROMPT, '').trim();
  return text === '' ? '' : `; it said:\n${text}`;
}
