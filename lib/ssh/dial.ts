// Opens one authenticated ssh2 client: connect, check the host key, log in, all within one time limit. Used by open.ts.
import type { Duplex } from 'node:stream';
import { Client, type ClientErrorExtensions, type ConnectConfig } from 'ssh2';
import { Authentication } from './authentication';
import type { Credentials } from './credentials';
import { Deferred } from './deferred';
import { SshError } from './errors';
import type { HostKeyPolicy } from './host-key';

/** Everything about one host that `dial` needs, read before the first packet. */
export interface Route {
  /** `user@address:port`, for messages. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly policy: HostKeyPolicy;
  readonly credentials: Credentials;
  readonly timeoutSeconds: number;
}

const CLOSED = 'the host closed the connection';

/** A dead peer is noticed after three unanswered questions: within 40 seconds. */
const KEEPALIVE = { keepaliveInterval: 10_000, keepaliveCountMax: 3 } as const;

/**
 * `way`: a TCP connection, perhaps still being made or broken already, or a channel of the bastion. It is destroyed where
 * this fails.
 */
export function dial(route: Route, way: Duplex): Promise<Client> {
  const dialling = new Dialling(route, way);
  return dialling.client;
}

class Dialling {
  private readonly ssh = new Client();
  private readonly outcome = new Deferred<Client>();
  private readonly authentication: Authentication;
  private readonly timer: NodeJS.Timeout;
  private stage: 'connect' | 'authenticate' | 'over' = 'connect';
  private refusal: SshError | undefined;

  constructor(
    private readonly route: Route,
    private readonly way: Duplex,
  ) {
    this.authentication = new Authentication(route.user, route.credentials);
    this.timer = setTimeout(() => {
      this.fail(this.timedOut());
    }, route.timeoutSeconds * 1000);
    this.listen();
    if (way.destroyed) this.fail(this.unreachable(way.errored ?? new Error(CLOSED)));
    else this.ssh.connect(this.settings());
  }

  get client(): Promise<Client> {
    return this.outcome.promise;
  }

  private listen(): void {
    this.ssh
      .on('handshake', () => {
        this.stage = 'authenticate';
      })
      .on('ready', () => {
        this.succeed();
      })
      .on('change password', () => {
        this.fail(this.refused('the password has expired and must be changed first'));
      })
      .on('error', (error) => {
        this.take(error);
      })
      .on('close', () => {
        this.fail(this.refusal ?? this.closed());
      });
  }

  private settings(): ConnectConfig {
    const { route } = this;
    return {
      host: route.address,
      port: route.port,
      username: route.user,
      sock: this.way,
      algorithms: { serverHostKey: route.policy.algorithms },
      hostVerifier: (key: Buffer) => {
        this.refusal = route.policy.refuse(key);
        return this.refusal === undefined;
      },
      authHandler: this.authentication.next,
      readyTimeout: 0,
      ...KEEPALIVE,
    };
  }

  private succeed(): void {
    if (this.stage === 'over') return;
    this.stage = 'over';
    clearTimeout(this.timer);
    this.ssh.removeAllListeners();
    this.outcome.resolve(this.ssh);
  }

  /** Late errors of a client that was given up have nobody to tell. */
  private fail(error: SshError): void {
    if (this.stage === 'over') return;
    this.stage = 'over';
    clearTimeout(this.timer);
    this.ssh.removeAllListeners();
    this.ssh.on('error', () => undefined);
    this.way.destroy();
    this.outcome.reject(error);
  }

  private take(error: Error & ClientErrorExtensions): void {
    if (this.refusal !== undefined) this.fail(this.refusal);
    else if (this.isAboutOneCredential(error)) this.authentication.note(error.message);
    else if (this.stage === 'authenticate' && error.level !== 'client-socket') {
      this.fail(this.refused(this.authentication.isExhausted ? undefined : error.message, error));
    } else this.fail(this.unreachable(error));
  }

  /** ssh2 reports an agent that does not answer or a key that cannot sign, and goes on with the next. */
  private isAboutOneCredential(error: ClientErrorExtensions): boolean {
    if (error.level === 'agent') return true;
    return error.level === 'client-authentication' && !this.authentication.isExhausted;
  }

  private unreachable(cause: Error): SshError {
    const { name } = this.route;
    return new SshError('unreachable', name, 'connect', `${name} cannot be reached: ${reasonOf(cause)}`, {
      cause,
      fix: 'check address, port and network, and that an SSH server listens there',
    });
  }

  private closed(): SshError {
    return this.stage === 'authenticate' ? this.refused(CLOSED) : this.unreachable(new Error(CLOSED));
  }

  private refused(reason: string | undefined, cause?: Error): SshError {
    const { name, user } = this.route;
    const told = reason === undefined ? '' : `: ${reason}`;
    return new SshError(
      'authentication-failed',
      name,
      'authenticate',
      `${name} refused to let ${user} in${told}\n${this.authentication.describe()}`,
      {
        cause,
        fix: `check user and credentials: try ssh 'ssh://${name}'; where an agent offers too many keys, set private_key_path and leave agent out; user certificates are not supported, also not those of an agent: give the user a key in authorized_keys`,
      },
    );
  }

  private timedOut(): SshError {
    const { name, timeoutSeconds } = this.route;
    const waitedFor = this.stage === 'authenticate' ? 'the login' : 'an SSH handshake';
    return new SshError(
      'timed-out',
      name,
      this.stage === 'authenticate' ? 'authenticate' : 'connect',
      `${name} did not finish ${waitedFor} within ${timeoutSeconds} s`,
      { fix: 'check address, port, firewall and name service, or raise connect_timeout_seconds' },
    );
  }
}

/** A name with several addresses fails by all of them, with no message of its own. */
function reasonOf(error: Error): string {
  if (!(error instanceof AggregateError)) return error.message;
  const each: unknown[] = error.errors;
  return each.map((one) => (one instanceof Error ? one.message : String(one))).join('; ');
}
