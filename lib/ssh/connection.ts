// The face of an SSH connection: programs go to one remote `sh` by standard input. Made by connect.ts, used by converge.
import type { Duplex } from 'node:stream';

/** How to reach and become root on one host. */
export interface SshSettings {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath?: string;
  readonly privateKey?: string;
  readonly password?: string;
  /** Path of an agent's socket; `false`: no agent. @default - SSH_AUTH_SOCK */
  readonly agent?: string | false;
  /** @default - ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts */
  readonly knownHostsPath?: string;
  /** As in known_hosts without the host names: `ssh-ed25519 AAAA…`. Decides alone where it is given. */
  readonly hostKey?: string;
  /** Become root by sudo(8). @default - true where the user is not root */
  readonly sudo?: boolean;
  readonly sudoPassword?: string;
  readonly bastion?: BastionSettings;
  /** @default 15 */
  readonly connectTimeoutSeconds?: number;
}

/** A host to go through. It has no password of its own, and is never given that of the host behind it. */
export interface BastionSettings {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath?: string;
  readonly hostKey?: string;
}

/** A program for the remote `sh`: the body of one function, which is called on the program's last line. */
export interface Program {
  /** What it is for, in messages: `read`, `prove`, `apply`. */
  readonly step: string;
  /** POSIX shell text of ours alone; never a user's value. */
  readonly body: string;
  /** The whole program is given up after this time. */
  readonly timeoutSeconds: number;
}

/** A failed command has the shape of a success plus what failed. */
export interface CommandResult {
  readonly host: string;
  readonly step: string;
  /** Absent where a signal or a lost connection ended it. */
  readonly exitCode?: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program under way. */
export interface RunningProgram {
  /** Resolves with what was printed up to and including the first line equal to `line`; rejects if the program ends before. */
  readUntil(line: string): Promise<string>;
  /** Bulk for the program's standard input. Resolves when it is on its way, or nobody takes it any more: never rejects. */
  write(bulk: Uint8Array): Promise<void>;
  /** Called for each further line of standard output as it arrives (a log that is followed). */
  onLine(listener: (line: string) => void): void;
  /** The whole program is now given up after this time, counted from here. */
  limit(seconds: number): void;
  /** Closes standard input. */
  end(): void;
  /** Closes the channel: the program sees its standard input and output close. */
  abandon(): void;
  /** Rejects with `ConnectionLost` or `TimedOut` (errors.ts); an exit code other than 0 is a result, not an error. */
  readonly result: Promise<CommandResult>;
}

/** Serves several programs at once. Everything rejects with `SshError`. */
export interface SshConnection {
  /** `user@address:port`, for messages. */
  readonly name: string;
  /** False once it was closed or lost: nothing starts on it any more. */
  readonly isOpen: boolean;
  start(program: Program): Promise<RunningProgram>;
  /**
   * A TCP connection from the host to an address as seen there, made by its sshd: no tool on the host is needed. Rejects
   * with `forward-forbidden`, `forward-refused` or, after this time, `timed-out`. Its owner destroys it.
   * @default timeoutSeconds - 15
   */
  forward(address: string, port: number, timeoutSeconds?: number): Promise<Duplex>;
  close(): void;
}
