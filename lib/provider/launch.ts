// One launch of the provider: a server for the one Terraform that started it, from its certificate to Shutdown. Used by serve.ts and stay.ts.
import type { Certificate } from './protocol/certificate';
import { type Method, type RunningServer, startServer } from './protocol/grpc-server';
import { printHandshake } from './protocol/handshake';
import { RPCS } from './rpc/all';
import { RunningCalls } from './running-calls';
import type { Session } from './session';
import { traced } from './trace';

const SHUTDOWN = '/plugin.GRPCController/Shutdown';
const LAST_CALLS_MS = 60_000;

/** What serves one launch. */
export interface Launch {
  /** The line that Terraform waits for. */
  readonly handshake: string;
  /** Gives up what is under way, waits for it, and ends. Asked again, it is the same retirement. */
  readonly retire: () => Promise<void>;
  /** Drops whoever is connected. */
  readonly end: () => void;
}

/** Whom it serves, and as what. */
export interface LaunchOptions {
  readonly session: Session;
  readonly certificate: Certificate;
  /** PEM: nobody else is served. */
  readonly clientCertificate: string;
  /** Called once, when Terraform said Shutdown or after `retire` or `end`. */
  readonly onEnded: () => void;
}

/** Listens when it resolves. */
export async function openLaunch(options: LaunchOptions): Promise<Launch> {
  const { session, certificate, clientCertificate, onEnded } = options;
  const calls = new RunningCalls();
  const lifetime: { server?: RunningServer; hasEnded?: true } = {};
  const end = (): void => {
    if (lifetime.hasEnded) return;
    lifetime.hasEnded = true;
    session.close();
    lifetime.server?.close();
    onEnded();
  };
  const methods = [...providerMethods(session, calls), shutdownMethod(end)];
  const server = await startServer(methods, certificate, clientCertificate);
  lifetime.server = server;
  const giveUp = async (): Promise<void> => {
    session.stop();
    await calls.ended(LAST_CALLS_MS);
    end();
  };
  let retired: Promise<void> | undefined;
  return {
    handshake: printHandshake(server.socketPath, certificate.der),
    retire: () => (retired ??= giveUp()),
    end,
  };
}

/** Loaded here, so that the time which the benchmark allows for a certificate is all of it. */
export function freshCertificate(): Promise<Certificate> {
  return traced('certificate', async () => {
    const { makeCertificate } = await import('./protocol/certificate.js');
    return makeCertificate(new Date());
  });
}

function providerMethods(session: Session, calls: RunningCalls): Method[] {
  return RPCS.map((rpc) => ({
    path: `/tfplugin6.Provider/${rpc.name}`,
    call: async (message) => {
      const answer = await calls.count(() => traced(rpc.name, () => rpc.serve(message, session)));
      if (rpc.name === BEFORE_A_PAUSE) setTimeout(() => void tidyUnlessBusy(calls), PAUSE_MS);
      return answer;
    },
  }));
}

/** After it Terraform writes its plan down, and shows it. */
const BEFORE_A_PAUSE = 'PlanResourceChange';
/** So long an answer takes to leave. */
const PAUSE_MS = 20;

async function tidyUnlessBusy(calls: RunningCalls): Promise<void> {
  if (!calls.isIdle) return;
  (await import('./tidy-up.js')).tidyUp();
}

// Without it Terraform waits two seconds at each of its launches. The answer must leave before the server does.
function shutdownMethod(end: () => void): Method {
  return {
    path: SHUTDOWN,
    call: () => {
      setTimeout(end, 5);
      return Promise.resolve(new Uint8Array());
    },
  };
}
