// The real host: sends the programs of shell/ over SSH, feeds them their bulk, and reads their sections. The port is host.ts.
import type { SshConnection } from '../ssh/connection';
import { parseConnections, parseOutcome, parseProof, parseReading } from './answers';
import { printBundle, printProofBundle } from './bundle';
import type { Dialogue } from './dialogue';
import { startDialogue } from './dialogue';
import { Refused } from './errors';
import type { Host, Outcome, Question, Transaction } from './host';
import { sysctlPath } from './plan';
import { connectionsProgram, proveProgram, readProgram, transactProgram } from './shell/programs';

/** A host behind an SSH connection. */
export function remoteHost(connection: SshConnection): Host {
  return {
    async read(question) {
      const dialogue = await startDialogue(connection, waiting('read', question), (nonce) =>
        readProgram(nonce, question.lockTimeoutSeconds),
      );
      await dialogue.give('question', printQuestion(question));
      const answer = await dialogue.until('read');
      const { stderr } = await dialogue.end();
      return parseReading(answer, question, { host: connection.name, stderr });
    },

    async prove(texts) {
      const dialogue = await startDialogue(connection, { step: 'prove' }, proveProgram);
      const { index, bundle } = printProofBundle(texts, dialogue.nonce);
      await dialogue.give('index', index);
      await dialogue.give('bundle', bundle);
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

    async transact(question, decide, signal) {
      if (signal.aborted) throw interrupted(connection.name, signal.reason);
      const dialogue = await startDialogue(connection, waiting('apply', question), (nonce) =>
        transactProgram(nonce, question.lockTimeoutSeconds),
      );
      const transaction = await untilDecided(dialogue, signal, async () => {
        await dialogue.give('question', printQuestion(question));
        const answer = await dialogue.until('read');
        return decide(parseReading(answer, question, { host: connection.name }));
      });
      return transaction === undefined ? { kind: 'kept' } : run(dialogue, transaction);
    },
  };
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

function interrupted(host: string, cause: unknown): Refused {
  return new Refused('interrupted', `${host}: interrupted before the first change`, 'apply again', { cause });
}

async function run(dialogue: Dialogue, transaction: Transaction): Promise<Outcome> {
  const { index, bundle } = printBundle(transaction, dialogue.nonce);
  await dialogue.give('index', index);
  await dialogue.give('bundle', bundle);
  return parseOutcome(await dialogue.end(), transaction, dialogue);
}

function waiting(step: string, { lockTimeoutSeconds }: Question): { step: string; waitSeconds: number } {
  return { step, waitSeconds: lockTimeoutSeconds };
}

/** One line each: scope, digest, reads, modules; then a line per sysctl. */
function printQuestion({ scope, declaredDigest, reads, modules, sysctls }: Question): string {
  return [scope, declaredDigest, reads.join(' '), modules.join(' '), ...sysctls.map(sysctlPath)]
    .map((line) => `${line}\n`)
    .join('');
}
