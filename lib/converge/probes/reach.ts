// Opens a TCP connection from either side: the host's own sshd makes it, or this process. Used by tcp-probe.ts and http-probe.ts.
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { ProbeSide } from '../../model/probe';
import { SshError } from '../../ssh/errors';
import { type Try, type Verdict, failed, hopeless } from './verdict';

/** A server, as seen from there. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  readonly from: ProbeSide;
}

/** Its owner destroys the connection; so does the try's signal. Rejects with what `explainFailure` understands. */
export async function reach({ from, address, port }: Destination, attempt: Try): Promise<Duplex> {
  if (from === 'host') {
    return endingWith(
      attempt.signal,
      await attempt.connection.forward(address, port, Math.ceil(attempt.secondsLeft)),
    );
  }
  const { createConnection } = await import('node:net');
  const socket = endingWith(attempt.signal, createConnection({ host: address, port }));
  await once(socket, 'connect');
  return socket;
}

/** A try that is over by then ends the connection before it is used. */
function endingWith<Connection extends Duplex>(signal: AbortSignal, connection: Connection): Connection {
  const end = (): void => {
    connection.destroy();
  };
  signal.addEventListener('abort', end, { once: true });
  connection.once('close', () => {
    signal.removeEventListener('abort', end);
  });
  // What goes wrong is told to whoever waits for it.
  connection.on('error', () => undefined);
  if (signal.aborted) end();
  return connection;
}

/** What a connection that failed means for the probe. Anything that the network did not say is thrown on. */
export function explainFailure(error: unknown): Verdict {
  if (error instanceof SshError) {
    const { code, message, fix } = error;
    if (code === 'forward-refused' || code === 'timed-out') return failed(message);
    return hopeless(fix === undefined ? message : `${message}\nto do: ${fix}`);
  }
  if (!(error instanceof Error) || !('code' in error)) throw error;
  return failed(error.code === 'ECONNREFUSED' ? 'refused' : error.message);
}
