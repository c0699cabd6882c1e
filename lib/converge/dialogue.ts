// One program on a host while it talks with us: it asks for bulk by name, and answers in sections. Used by remote-host.ts.
import { randomBytes } from 'node:crypto';
import type { CommandResult, RunningProgram, SshConnection } from '../ssh/connection';
import { ProgramEnded } from '../ssh/errors';
import { refusal } from './answers';
import { Refused } from './errors';
import type { Sections } from './sections';
import { parseSections, wordAfter } from './sections';
import { LENGTH_DIGITS } from './shell/functions';

/** Long enough for tens of thousands of rules on a slow host, beside the time that the host's lock is waited for. */
const PROGRAM_SECONDS = 300;

export interface Dialogue {
  /** For messages. */
  readonly host: string;
  readonly nonce: string;
  readonly program: RunningProgram;
  /** Answers the program's next request for bulk: the texts one behind the other. Resolves when all of it is on its way. */
  give(name: string, ...texts: readonly string[]): Promise<void>;
  /** What the program prints up to this word. */
  until(word: string): Promise<Sections>;
  /** Closes its input and waits for its end. */
  end(): Promise<CommandResult>;
}

export interface Limits {
  readonly step: string;
  /** @default - long enough for a large host */
  readonly limitSeconds?: number;
  /** How long the host's lock may be waited for, beside that. */
  readonly waitSeconds?: number;
}

export async function startDialogue(
  connection: SshConnection,
  { step, limitSeconds = PROGRAM_SECONDS, waitSeconds = 0 }: Limits,
  body: (nonce: string) => string,
): Promise<Dialogue> {
  const nonce = randomBytes(12).toString('hex');
  const program = await connection.start({
    step,
    body: body(nonce),
    timeoutSeconds: limitSeconds + waitSeconds,
  });
  const wait = (word: string): Promise<string> =>
    program.readUntil(`@@${nonce} ${word}`).catch((error: unknown) => {
      throw error instanceof ProgramEnded ? endedEarly(error, nonce, connection.name) : error;
    });
  return {
    host: connection.name,
    nonce,
    program,
    async give(name, ...texts) {
      const length = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      await wait(`length ${name}`);
      await program.write(Buffer.from(String(length).padStart(LENGTH_DIGITS, '0')));
      await wait(`send ${name}`);
      // Each when the one before it is on its way: together they may be tens of megabytes.
      for (const text of texts) await program.write(Buffer.from(text));
    },
    async until(word) {
      return parseSections(await wait(word), nonce);
    },
    end() {
      program.end();
      return program.result;
    },
  };
}

/** A program that ends before its word has refused, or has failed in a way that its output tells. */
function endedEarly(error: ProgramEnded, nonce: string, host: string): Refused {
  const { exitCode, stdout, stderr } = error.result;
  const reason = wordAfter(parseSections(stdout, nonce), 'refuse');
  if (reason !== undefined) return refusal(reason, host);
  return new Refused(
    'unreadable',
    `${host}: the host's program ended early, exit code ${exitCode ?? 'unknown'}\n${stderr.trim()}`,
    'look at the message above; nothing was changed',
    { cause: error },
  );
}
