// What one launch of the provider knows between RPCs: its settings, its engine, its connections, and whether it was asked to stop.
import type { Engine, HostTarget } from '../converge/engine';
import type { Look } from '../converge/read-live';
import type { Scope } from '../model/scope';
import type { SshSettings } from '../ssh/connection';
import { printEndpoint } from '../ssh/host-name';
import type { Access, Timeouts } from './declared-host';
import { type Connect, Connections } from './connections';
import { LooksAhead } from './looks-ahead';
import { RunMemory } from './run-memory';
import { reportProgress } from './progress';
import { toOptional } from './protocol/value';
import type { Settings } from './schema/settings';
import { secretsFrom } from './ssh-settings';

/** What the provider stands on. Both are loaded at first use: two of the three launches of a plan need neither. */
export interface Backend {
  readonly loadEngine: () => Promise<Engine>;
  readonly connect: Connect;
}

/** What an apply goes by, beside the parts. */
export type Terms = Timeouts & Access & Pick<HostTarget, 'persist' | 'probes'>;

/** Made when Terraform launches the provider; has settings from ConfigureProvider on. */
export class Session {
  private configured: Settings | undefined;
  private readonly connections: Connections;
  private readonly stopping = new AbortController();
  private applies = 0;
  /** Begun where a state is taken up, for the read that follows. */
  readonly looksAhead = new LooksAhead();
  private refreshes = false;
  private readonly hostsRead = new Map<string, Look | undefined>();

  constructor(
    private readonly backend: Backend,
    private readonly environment: NodeJS.ProcessEnv,
    /** Shared by the launches of one run of Terraform that one process serves. */
    readonly memory = new RunMemory(),
  ) {
    this.connections = new Connections(backend.connect);
  }

  configure(settings: Settings): void {
    this.configured = secretsFrom(settings, this.environment);
    this.refreshes = this.memory.isBeforeRefresh;
  }

  /** True in a launch that will most likely be asked to read the hosts whose states it is shown. */
  get isBeforeRefresh(): boolean {
    return this.refreshes;
  }

  /** A launch without settings only validates. */
  get isConfigured(): boolean {
    return this.configured !== undefined;
  }

  get settings(): Settings {
    if (this.configured === undefined) throw new Error('A host was asked for before ConfigureProvider');
    return this.configured;
  }

  /** What must appear in no text. */
  get secrets(): readonly string[] {
    const { password, private_key, sudo_password } = this.configured ?? {};
    return [password, private_key, sudo_password].flatMap((secret) => {
      const text = secret === undefined ? undefined : toOptional(secret);
      return text === undefined ? [] : [text];
    });
  }

  /** Terraform reads before it plans, and plans once more in a process of its own, without a read, before it applies. */
  noteRead(id: string | undefined, look?: Look): void {
    if (id !== undefined) this.hostsRead.set(id, look);
  }

  /** What the read saw, for one plan: whoever plans again looks again. */
  takeLook(id: string | undefined): Look | undefined {
    const look = id === undefined ? undefined : this.hostsRead.get(id);
    if (id !== undefined && look !== undefined) this.hostsRead.set(id, undefined);
    return look;
  }

  hasRead(id: string | undefined): boolean {
    return id !== undefined && this.hostsRead.has(id);
  }

  engine(): Promise<Engine> {
    return this.backend.loadEngine();
  }

  target(settings: SshSettings, scope: Scope, terms: Terms): HostTarget {
    return {
      name: printEndpoint(settings),
      scope,
      ...terms,
      // Loaded at first use: what it stands on would cost each launch a millisecond.
      onIdle: () =>
        void import('./tidy-up.js').then(({ tidyUp }) => {
          tidyUp();
        }),
      report: (line) => {
        reportProgress(`${printEndpoint(settings)}: ${line}`);
      },
      open: () => this.connections.to(settings),
      openFresh: () => this.connections.openFresh(settings),
    };
  }

  /** Runs what changes a host, under the signal that `stop` gives. */
  async change<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.applies += 1;
    try {
      return await work(this.stopping.signal);
    } finally {
      this.applies -= 1;
      if (this.stopping.signal.aborted) this.closeUnlessNeeded();
    }
  }

  /** Aborts what is under way. A change that rolls back needs its connection, so those stay open until `close`. */
  stop(): void {
    this.stopping.abort();
    this.closeUnlessNeeded();
  }

  private closeUnlessNeeded(): void {
    if (this.applies === 0) this.connections.close();
  }

  close(): void {
    this.stopping.abort();
    this.connections.close();
  }
}
