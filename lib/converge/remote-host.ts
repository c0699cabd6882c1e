// The real host: sends the programs of shell/ over SSH, feeds them their bulk, and reads their sections. The port is host.ts.
import { randomBytes } from 'node:crypto';
import type { Program, RunningProgram, SshConnection } from '../ssh/connection';
import { ApplyFailed, Refused } from './errors';
import type { Host, Outcome, Proof, Question, Reading, Transaction } from './host';
import { parseProof, parseReading, refusal } from './answers';
import { printBundle } from './bundle';
import { sysctlPath } from './plan';
import { parseSections, wordAfter } from './sections';
import { LENGTH_DIGITS } from './shell/common';
import { proveProgram, readProgram, transactProgram } from './shell/programs';

/** Long enough for tens of thousands of rules on a slow host; the programs' own limits are far below. */
const PROGRAM_SECONDS = 300;

/** A host behind an SSH connection. */
export function remoteHost(connection: SshConnection): Host {
  return {
    async read(question) {
      const dialogue = await startDialogue(connection, 'read', (nonce) =>
        readProgram(nonce, question.lockTimeoutSeconds),
      );
      await dialogue.give('question', printQuestion(question));
      const reading = await dialogue.until('read');
      dialogue.program.end();
      await dialogue.program.result;
      return parseReading(reading, connection.name);
    },

    async prove(restore): Promise<Proof> {
      const dialogue = await startDialogue(connection, 'prove', proveProgram);
      await dialogue.give('text', restore);
      const answer = await dialogue.until('proved');
      dialogue.program.end();
      await dialogue.program.result;
      return parseProof(answer);
    },

    async transact(question, decide, signal): Promise<Outcome> {
      const dialogue = await startDialogue(connection, 'apply', (nonce) =>
        transactProgram(nonce, question.lockTimeoutSeconds),
      );
      const abandon = (): void => {
        dialogue.program.abandon();
      };
      signal.addEventListener('abort', abandon, { once: true });
      try {
        const transaction = await decideUnderLock(dialogue, { question, decide, host: connection.name });
        signal.throwIfAborted();
        signal.removeEventListener('abort', abandon);
        return await run(dialogue, transaction);
      } catch (error) {
        if (!signal.aborted) throw error;
        throw new Refused(
          'interrupted',
          `${connection.name}: interrupted before the first change`,
          'apply again',
          {
            cause: error,
          },
        );
      } finally {
        signal.removeEventListener('abort', abandon);
      }
    },
  };
}

async function decideUnderLock(
  dialogue: Dialogue,
  { question, decide, host }: { question: Question; decide: (reading: Reading) => Transaction; host: string },
): Promise<Transaction> {
  await dialogue.give('question', printQuestion(question));
  const answer = await dialogue.until('read');
  try {
    return decide(parseReading(answer, host));
  } catch (error) {
    // Nothing was sent, so nothing runs: the program ends when its input does.
    dialogue.program.abandon();
    throw error;
  }
}

async function run(dialogue: Dialogue, transaction: Transaction): Promise<Outcome> {
  const { index, bundle } = printBundle(transaction, dialogue.nonce);
  await dialogue.give('index', index);
  await dialogue.give('bundle', bundle);
  dialogue.program.end();
  const result = await dialogue.program.result;
  return toOutcome(result.stdout, { transaction, dialogue, stderr: result.stderr });
}

function toOutcome(
  output: string,
  { transaction, dialogue, stderr }: { transaction: Transaction; dialogue: Dialogue; stderr: string },
): Outcome {
  const answer = parseSections(output, dialogue.nonce);
  if (answer.words.includes('kept')) return { kind: 'kept' };
  const failed = wordAfter(answer, 'failed');
  if (failed === undefined) {
    throw new ApplyFailed(
      `the host's program ended without a word of how the transaction ended\n${stderr}`,
      false,
    );
  }
  const step = transaction.steps[Number(failed) - 1]?.name ?? failed;
  const message = answer.sections.get(failed)?.text.trim() ?? '';
  return { kind: 'failed', step, message, undone: answer.words.includes('undone') };
}

interface Dialogue {
  readonly nonce: string;
  readonly program: RunningProgram;
  /** Answers the program's next request for bulk. */
  give(name: string, bulk: string): Promise<void>;
  /** What the program prints up to this word. */
  until(word: string): Promise<ReturnType<typeof parseSections>>;
}

async function startDialogue(
  connection: SshConnection,
  step: string,
  body: (nonce: string) => string,
): Promise<Dialogue> {
  const nonce = randomBytes(12).toString('hex');
  const program: Program = { step, body: body(nonce), timeoutSeconds: PROGRAM_SECONDS };
  const running = await connection.start(program);
  const wait = (word: string): Promise<string> =>
    waitFor(running, { word: `@@${nonce} ${word}`, nonce, connection });
  return {
    nonce,
    program: running,
    async give(name, bulk) {
      const bytes = Buffer.from(bulk);
      await wait(`length ${name}`);
      running.write(Buffer.from(String(bytes.length).padStart(LENGTH_DIGITS, '0')));
      await wait(`send ${name}`);
      running.write(bytes);
    },
    async until(word) {
      return parseSections(await wait(word), nonce);
    },
  };
}

/** A program that ends before its word has refused, or has failed in a way that its output tells. */
async function waitFor(
  running: RunningProgram,
  { word, nonce, connection }: { word: string; nonce: string; connection: SshConnection },
): Promise<string> {
  try {
    return await running.readUntil(word);
  } catch (error) {
    const { exitCode, stdout, stderr } = await running.result;
    const reason = wordAfter(parseSections(stdout, nonce), 'refuse');
    if (reason !== undefined) throw refusal(reason, connection.name);
    throw new Refused(
      'unreadable',
      `${connection.name}: the host's program ended early, exit code ${exitCode ?? 'unknown'}\n${stderr.trim()}`,
      'look at the message above; nothing was changed',
      { cause: error },
    );
  }
}

function printQuestion({ scope, declaredDigest, sysctls }: Question): string {
  return [scope, declaredDigest, ...sysctls.map(sysctlPath)].map((line) => `${line}\n`).join('');
}
