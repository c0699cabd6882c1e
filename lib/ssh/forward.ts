// A TCP connection that the host's sshd makes for us, as a channel (direct-tcpip). Used by open.ts and open-connection.ts.
import type { Client, ClientChannel } from 'ssh2';

/** Where the host's sshd shall connect to. */
export interface ForwardTarget {
  readonly address: string;
  readonly port: number;
  readonly timeoutSeconds: number;
}

/** Why there is no channel. `reason` is the server's word, or ours. */
export interface ForwardFailure {
  /** `forbidden`: by sshd_config or authorized_keys. `silent`: nothing was heard in time. */
  readonly kind: 'forbidden' | 'refused' | 'silent';
  readonly reason: string;
  readonly cause?: Error;
}

/** RFC 4254, 5.1: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED. */
const PROHIBITED = 1;

/** Rejects with what `explain` makes of the failure. A channel that opens after its time is closed. */
export function openForward(
  client: Client,
  { address, port, timeoutSeconds }: ForwardTarget,
  explain: (failure: ForwardFailure) => Error,
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      reject(explain({ kind: 'silent', reason: `no answer within ${timeoutSeconds} s` }));
    }, timeoutSeconds * 1000);
    const refuse = (cause: Error): void => {
      clearTimeout(timer);
      reject(explain({ kind: kindOf(cause), reason: reasonOf(cause), cause }));
    };
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        if (error !== undefined) {
          refuse(error);
          return;
        }
        clearTimeout(timer);
        // Its errors are its owner's, who may not listen yet.
        channel.on('error', () => undefined);
        if (isOver) channel.destroy();
        else resolve(channel);
      });
    } catch (error) {
      // The socket has gone and the client has not said so yet.
      refuse(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function kindOf(error: Error): 'forbidden' | 'refused' {
  return 'reason' in error && error.reason === PROHIBITED ? 'forbidden' : 'refused';
}

/** The server's own words, without ssh2's in front of them. */
function reasonOf({ message }: Error): string {
  return message.replace(/^\(SSH\) Channel open failure: /, '');
}
