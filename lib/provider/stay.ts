// The provider that stays for a whole run of Terraform and serves all its launches: those after the first join it. Used by serve.ts.
import { rmSync, writeFileSync } from 'node:fs';
import { type Announcement, onAnnouncement } from './announcements';
import { type Launch, freshCertificate, openLaunch } from './launch';
import { type LaunchPipe, firstLaunchPipe, openLaunchPipe } from './launch-pipe';
import { logTo } from './log';
import { type ProcessId, findProcess, isRunning } from './process-id';
import type { Certificate } from './protocol/certificate';
import { RunMemory } from './run-memory';
import { type Backend, Session } from './session';
import { sweepRunFolders } from './sweep-run-folders';
import { isRefreshOff } from './terraform-command';
import { trace } from './trace';

/** One command of Terraform, as the launcher found it (install/run-folder.ts). */
export interface Run {
  /** Private to the user; it goes with us. */
  readonly folder: string;
  readonly terraform: ProcessId;
  /** Where our process is written once we listen. */
  readonly stayerPath: string;
  readonly launchesPath: string;
  /** The process of the launch that started us. Its pipe is our standard output and standard error. */
  readonly firstLaunch: number;
  /** The pipe by which a launch gets what is printed for it. */
  readonly pipeOf: (launch: number) => string;
  /** The Terraform of another folder beside this one; absent where it is no folder of a run. */
  readonly terraformOf: (folder: string) => ProcessId | undefined;
}

/** How often we look whether Terraform, and each process that it launched, is still there. */
const CHECK_MS = 200;

/** Resolves when the first launch has its handshake, and ends the process when Terraform is gone. */
export async function stay(backend: Backend, run: Run, clientCertificate: string): Promise<void> {
  process.on('exit', () => {
    rmSync(run.folder, { recursive: true, force: true });
  });
  const pipe = firstLaunchPipe(run.pipeOf(run.firstLaunch));
  logTo(pipe.write);
  const stayer = new Stayer(backend, run, await freshCertificate());
  await stayer.serve({ launch: run.firstLaunch, clientCertificate }, pipe, 0);
  stayer.welcome();
  void sweepRunFolders(run);
}

interface Served {
  readonly pipe: LaunchPipe;
  /** What Terraform started for it. */
  readonly process: ProcessId | undefined;
  readonly retire: Launch['retire'];
}

class Stayer {
  private readonly memory: RunMemory;
  /** The youngest last. */
  private readonly served = new Set<Served>();

  constructor(
    private readonly backend: Backend,
    private readonly run: Run,
    private readonly certificate: Certificate,
  ) {
    this.memory = new RunMemory(!isRefreshOff(run.terraform.pid, process.env));
  }

  /** `since`: when the launch came to us, in this process's time. */
  async serve(
    { launch: pid, clientCertificate }: Announcement,
    pipe: LaunchPipe,
    since: number,
  ): Promise<void> {
    const { backend, certificate, memory } = this;
    const lifetime: { served?: Served } = {};
    const launch = await openLaunch({
      ...{ session: new Session(backend, process.env, memory), certificate, clientCertificate },
      onEnded: () => {
        pipe.close();
        if (lifetime.served !== undefined) this.served.delete(lifetime.served);
        this.talkToYoungest();
      },
    });
    lifetime.served = { pipe, process: findProcess(pid), retire: launch.retire };
    this.served.add(lifetime.served);
    this.talkToYoungest();
    pipe.write(launch.handshake);
    trace('handshake', performance.now() - since);
  }

  /** From now on launches join us. */
  welcome(): void {
    onAnnouncement(this.run.launchesPath, (announcement) => {
      const since = performance.now();
      void this.join(announcement, since);
    });
    writeFileSync(this.run.stayerPath, `${process.pid}\n`, { mode: 0o600 });
    const checks = setInterval(() => {
      this.retireWhoIsGone();
      if (!isRunning(this.run.terraform)) leave();
    }, CHECK_MS);
    const leave = (): void => {
      clearInterval(checks);
      void this.leave();
    };
    process.once('SIGTERM', leave);
    process.on('uncaughtException', (error) => {
      for (const { pipe } of this.served) pipe.write(`${error.stack ?? error.message}\n`);
      process.exit(1);
    });
  }

  /** What goes wrong is that launch's alone, and Terraform is told. One that is gone before it is served is nobody's. */
  private async join(announcement: Announcement, since: number): Promise<void> {
    const pipe = await openLaunchPipe(this.run.pipeOf(announcement.launch)).catch(() => undefined);
    if (pipe === undefined) return;
    try {
      await this.serve(announcement, pipe, since);
    } catch (error) {
      pipe.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      pipe.close();
    }
  }

  /** All launches of a run have one log, Terraform's. A line may tell of a confirmation that comes: first we look who is there. */
  private talkToYoungest(): void {
    const youngest = [...this.served].at(-1);
    logTo((text) => {
      this.retireWhoIsGone();
      youngest?.pipe.write(text);
    });
  }

  // A killed Terraform tells nobody, and it tells nobody which launch it killed.
  private retireWhoIsGone(): void {
    const isOver = !isRunning(this.run.terraform);
    for (const { process, retire } of this.served)
      if (isOver || process === undefined || !isRunning(process)) void retire();
  }

  private async leave(): Promise<void> {
    await Promise.all([...this.served].map(({ retire }) => retire()));
    // A connection takes leave of its host in the next turn.
    setImmediate(() => process.exit(0));
  }
}
