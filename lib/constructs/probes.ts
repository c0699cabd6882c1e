// Probes as a prop of Host: what may stand in them, and their attributes. What they mean is in model/probe.ts.
import {
  ALLOWED_PROBE,
  HTTP_STATUS,
  PROBE_KINDS,
  PROBE_SIDES,
  PROBE_TIMEOUT_SECONDS,
  isProbeProgram,
  isProbeUrl,
  isProbeWord,
} from '../model/probe';
import type { Check } from './checks';
import { checkPort, checkPropNames, checkWholeNumber, checkWord, ifKnown } from './checks';
import { isUnknown } from './framework';
import { checkReach } from './reach';

/** How long, for every kind of probe. */
interface ProbeTime {
  /**
   * Seconds for which it is tried again, half a second apart, until it passes.
   * @default 5
   */
  readonly timeoutSeconds?: number;
}

/** From where a probe looks. */
interface ProbeView {
  /**
   * `host`: from the host itself, by its own sshd. `client`: from where Terraform runs.
   * @default host
   */
  readonly from?: 'host' | 'client';
}

/** A program on the host passes with exit code 0. It is run again until it passes, so it must be harmless. */
export interface CommandProbe extends ProbeTime {
  readonly kind: 'command';
  /** The program and its words. It is run as root, without a shell. */
  readonly command: readonly string[];
}

/** A port passes when it takes a connection. */
export interface TcpProbe extends ProbeTime, ProbeView {
  readonly kind: 'tcp';
  /** Name or IP address, as seen from the side that `from` says. */
  readonly address: string;
  readonly port: number;
}

/** A web server passes with the status of its answer to a GET. Redirections are not followed. */
export interface HttpProbe extends ProbeTime, ProbeView {
  readonly kind: 'http';
  /** Begins with `http://` or `https://`. The certificate must be one that Node trusts. */
  readonly url: string;
  /**
   * The status that must be answered.
   * @default - any of 200 to 399
   */
  readonly status?: number;
}

/** What must work after the changes of an apply, before they are confirmed. */
export type Probe = CommandProbe | TcpProbe | HttpProbe;

const NAMES = {
  command: { kind: true, command: true, timeoutSeconds: true },
  tcp: { kind: true, address: true, port: true, from: true, timeoutSeconds: true },
  http: { kind: true, url: true, status: true, from: true, timeoutSeconds: true },
} as const;

/** All that is wrong with them, each named as `probes[1].port`. */
export function checkProbes(probes: readonly Probe[] = []): readonly Check[] {
  if (isUnknown(probes)) return [];
  return probes.flatMap((probe, index) => checkProbe(probe, `probes[${index}].`));
}

/** In Terraform's spelling. */
export function toProbesAttribute(probes: readonly Probe[] | undefined): readonly object[] | undefined {
  if (probes === undefined || isUnknown(probes)) return probes;
  return probes.map(({ timeoutSeconds, ...rest }) => ({ ...rest, timeout_seconds: timeoutSeconds }));
}

function checkProbe(probe: Probe, prefix: string): readonly Check[] {
  const kind = checkWord(`${prefix}kind`, probe.kind, PROBE_KINDS);
  if (kind !== undefined) return [kind];
  const shared = [
    checkPropNames(probe, NAMES[probe.kind]),
    ifKnown(probe.timeoutSeconds, (seconds) =>
      checkWholeNumber(`${prefix}timeoutSeconds`, seconds, PROBE_TIMEOUT_SECONDS),
    ),
  ];
  return [...shared, ...checkTarget(probe, prefix)];
}

function checkTarget(probe: Probe, prefix: string): readonly Check[] {
  switch (probe.kind) {
    case 'command':
      return checkCommand(probe.command, `${prefix}command`);
    case 'tcp':
      return [
        ...checkReach({ address: probe.address }, prefix),
        ifKnown(probe.port, (port) => checkPort(`${prefix}port`, port)),
        checkSide(probe, prefix),
      ];
    case 'http':
      return [
        ifKnown(probe.url, (url) => checkUrl(`${prefix}url`, url)),
        ifKnown(probe.status, (status) => checkWholeNumber(`${prefix}status`, status, HTTP_STATUS)),
        checkSide(probe, prefix),
      ];
  }
}

function checkSide({ from }: ProbeView, prefix: string): Check {
  return ifKnown(from, (side) => checkWord(`${prefix}from`, side, PROBE_SIDES));
}

// The URL is not shown: what makes it a bad one may be a password.
function checkUrl(prop: string, url: string): Check {
  if (isProbeUrl(url)) return undefined;
  return { code: 'bad-url', what: `${prop} is not valid`, allowed: ALLOWED_PROBE.url };
}

function checkCommand(command: readonly string[], prop: string): readonly Check[] {
  if (isUnknown(command)) return [];
  if (command.length === 0) {
    return [{ code: 'no-command', what: `${prop} is empty`, allowed: 'a program and its words' }];
  }
  return command.map((word, index) =>
    ifKnown(word, (text) => {
      const isMet = index === 0 ? isProbeProgram(text) : isProbeWord(text);
      if (isMet) return undefined;
      const allowed = index === 0 ? ALLOWED_PROBE.program : ALLOWED_PROBE.word;
      return {
        code: 'bad-word',
        what: `${prop}[${index}] is not valid`,
        given: JSON.stringify(text),
        allowed,
      };
    }),
  );
}
