// One try of a command on the host, over the connection that is probed with. Used by try-probe.ts.
import { SshError } from '../../ssh/errors';
import { startDialogue } from '../dialogue';
import { Refused } from '../errors';
import { commandProgram } from '../shell/command';
import { PASSED, type Try, type Verdict, failed, hopeless } from './verdict';
import { toText } from '../to-text';

/** Beside the command's own time: the way there and back. */
const WAY_SECONDS = 10;

const LAST_LINES = 10;

/** What timeout(1), and a shell, say of a command that took too long, cannot be run, or does not exist. */
const TIMED_OUT = '124';
const KILLED = '137';
const CANNOT_RUN = '126';
const NOT_FOUND = '127';

/** Exit code 0 passes. */
export async function tryCommand(command: readonly string[], attempt: Try): Promise<Verdict> {
  const seconds = Math.max(1, Math.ceil(attempt.secondsLeft));
  try {
    const dialogue = await startDialogue(
      attempt.connection,
      { step: 'probe', limitSeconds: seconds + WAY_SECONDS },
      (nonce) => commandProgram(nonce, seconds),
    );
    const abandon = (): void => {
      dialogue.program.abandon();
    };
    attempt.signal.addEventListener('abort', abandon, { once: true });
    try {
      await dialogue.give('words', toText(command));
      const { sections } = await dialogue.until('tried');
      await dialogue.end();
      return judge(sections.get('output'));
    } finally {
      attempt.signal.removeEventListener('abort', abandon);
    }
  } catch (error) {
    if (error instanceof SshError || error instanceof Refused) return hopeless(error.message);
    throw error;
  }
}

function judge(output: { readonly text: string; readonly code: string } | undefined): Verdict {
  if (output === undefined) return failed('its answer was cut');
  const { code, text } = output;
  const lines = text.trimEnd().split('\n').slice(-LAST_LINES);
  const said = text.trim() === '' ? '' : `; it said last:\n${lines.join('\n')}`;
  switch (code) {
    case '0':
      return PASSED;
    case NOT_FOUND:
    case CANNOT_RUN:
      return hopeless(`it cannot be run, exit code ${code}${said}`);
    case TIMED_OUT:
    case KILLED:
      return failed(`it did not end in time${said}`);
    default:
      return failed(`exit code ${code}${said}`);
  }
}
