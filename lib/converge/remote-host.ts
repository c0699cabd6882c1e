// The real host: sends the programs of shell/ over SSH, feeds them their bulk, and reads their sections. The port is host.ts.
import type { SshConnection } from '../ssh/connection';
import {
  BOOT_SECTION,
  parseConnections,
  parseOutcome,
  parseProof,
  parseReading,
  parseStanding,
} from './answers';
import { printBundle, printProofBundle } from './bundle';
import type { Dialogue } from './dialogue';
import { startDialogue } from './dialogue';
import { interrupted } from './errors';
import type { Answer, Control, FreshHost, Host, Outcome, Question, Transaction } from './host';
import { nextTurn } from './pause';
import { sysctlPath } from './plan';
import { runProbes } from './probes/run-probes';
import type { Sections } from './sections';
import { answerProgram } from './shell/answering';
import { connectionsProgram, proveProgram, readProgram, transactProgram } from './shell/programs';
import { toText } from './to-text';

/** A host behind an SSH connection. */
export function remoteHost(connection: SshConnection): Host {
  return {
    async read(question, onAsked) {
      const dialogue = await startDialogue(connection, waiting('read', question), (nonce) =>
        readProgram(nonce, question.lockTimeoutSeconds),
      );
      const answer = await ask(dialogue, question, onAsked);
      const { stderr } = await dialogue.end();
      return parseReading(answer, question, { host: connection.name, stderr });
    },

    async prove(texts) {
      const dialogue = await startDialogue(connection, { step: 'prove' }, proveProgram);
      const { index, files } = printProofBundle(texts, dialogue.nonce);
      await dialogue.give('index', index);
      await dialogue.give('bundle', ...files);
      const answer = await dialogue.until('proved');
      await dialogue.end();
      return parseProof(answer);
    },

    async countConnections() {
      const dialogue = await startDialogue(connection, { step: 'drain' }, connectionsProgram);
      const answer = await dialogue.until('counted');
      await dialogue.end();
      return parseConnections(answer, connection.name);
    },

    async transact(question, decide, control) {
      const { signal } = control;
      if (signal.aborted) throw interrupted(connection.name, signal.reason);
      const dialogue = await startDialogue(connection, waiting('apply', question), (nonce) =>
        transactProgram(nonce, question.lockTimeoutSeconds),
      );
      const transaction = await untilDecided(dialogue, signal, async () => {
        const answer = await ask(dialogue, question, control.onAsked);
        return decide(parseReading(answer, question, { host: connection.name }));
      });
      return transaction === undefined ? { kind: 'kept' } : run(dialogue, transaction, control);
    },

    async answer(answer) {
      const dialogue = await startDialogue(connection, { step: 'confirm' }, answerProgram);
      await dialogue.give('id', `${answer.id}\n`);
      await dialogue.give('answer', printAnswer(answer));
      const sections = await dialogue.until('answered');
      await dialogue.end();
      return parseStanding(sections, connection.name);
    },
  };
}

/** The same over a connection that nobody else uses. */
export function freshHost(connection: SshConnection): FreshHost {
  return {
    ...remoteHost(connection),
    probe: (probes, signal) => runProbes(probes, { connection, signal }),
    close() {
      connection.close();
    },
  };
}

/** The host reads while `onAsked` runs. */
async function ask(dialogue: Dialogue, question: Question, onAsked: Control['onAsked']): Promise<Sections> {
  await dialogue.give('question', printQuestion(question));
  const [answer] = await Promise.all([dialogue.until('read'), nextTurn().then(onAsked)]);
  return answer;
}

/** One line, or nothing. */
function printAnswer(answer: Answer): string {
  switch (answer.kind) {
    case 'ask':
      return '';
    case 'confirm':
      return `${answer.secret}\n`;
    case 'roll-back':
      return `roll-back ${answer.reason.replace(/\s+/g, ' ')}\n`;
  }
}

/**
 * Nothing was sent yet, so nothing runs: where it shall not go on, the host's program ends when its input does. That is
 * waited for, so that its lock is free for whoever comes next; where the signal ends it, nobody waits.
 */
async function untilDecided(
  dialogue: Dialogue,
  signal: AbortSignal,
  decide: () => Promise<Transaction | undefined>,
): Promise<Transaction | undefined> {
  const abandon = (): void => {
    dialogue.program.abandon();
  };
  signal.addEventListener('abort', abandon, { once: true });
  let transaction: Transaction | undefined;
  try {
    transaction = await decide();
    signal.throwIfAborted();
  } catch (error) {
    throw signal.aborted ? interrupted(dialogue.host, error) : error;
  } finally {
    signal.removeEventListener('abort', abandon);
    if (signal.aborted) abandon();
    else if (transaction === undefined) await dialogue.end().catch(() => undefined);
  }
  return transaction;
}

async function run(dialogue: Dialogue, transaction: Transaction, control: Control): Promise<Outcome> {
  const { program, nonce } = dialogue;
  const { index, files } = printBundle(transaction, nonce);
  await dialogue.give('index', index);
  await dialogue.give('bundle', ...files);
  program.limit(transaction.guardSeconds + ENDING_SECONDS);
  const ended = dialogue.end();
  program.onLine((line) => {
    if (line.startsWith(`@@${nonce} `)) follow(line.slice(`@@${nonce} `.length), transaction, control);
  });
  return parseOutcome(await ended, transaction, dialogue);
}

/** Beyond its guard's time a transaction is being taken back. */
const ENDING_SECONDS = 120;

function follow(word: string, { steps }: Transaction, { onStarted, onStep, onVerified }: Control): void {
  if (word === 'started') onStarted?.();
  else if (word === 'verified') onVerified?.();
  const [, number] = /^end (\d+) 0$/.exec(word) ?? [];
  const step = number === undefined ? undefined : steps[Number(number) - 1];
  if (step !== undefined) onStep?.(step.name);
}

function waiting(step: string, { lockTimeoutSeconds }: Question): { step: string; waitSeconds: number } {
  return { step, waitSeconds: lockTimeoutSeconds };
}

/** One line each: scope, digest, reads, modules; then a line per sysctl. */
function printQuestion({ scope, declaredDigest, reads, modules, sysctls, boot }: Question): string {
  const all = boot === true ? [...reads, BOOT_SECTION] : reads;
  return toText([scope, declaredDigest, all.join(' '), modules.join(' '), ...sysctls.map(sysctlPath)]);
}
