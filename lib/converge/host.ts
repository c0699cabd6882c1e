// The port to one host: read, prove, transact. remote-host.ts is the real one; tests have one in memory, held to the same contract.
import type { Probe } from '../model/probe';
import type { Family } from '../model/iptables';
import { FAMILIES } from '../model/iptables';
import type { Backend } from './backends';
import type { Step } from './plan';
import type { ProbeFailure } from './probes/failure';
import type { ReadName } from './reads';
import type { SubsystemName } from './subsystem';
import { SUBSYSTEM_NAMES } from './subsystem';

/** What one reading asks for. */
export interface Question {
  readonly scope: string;
  /** The host answers with the declared record only if its digest differs from this one. */
  readonly declaredDigest: string;
  /** Keys in the dotted form. */
  readonly sysctls: readonly string[];
  /** What is read beside iptables and sysctls. */
  readonly reads: readonly ReadName[];
  /** Kernel modules to load before the reading, so that their sysctls are there; empty for a refresh, which changes nothing. */
  readonly modules: readonly string[];
  readonly lockTimeoutSeconds: number;
  /** Also what of the files and units for a boot is not as it was confirmed. @default false */
  readonly boot?: boolean;
}

/** What one reading answers: the tools' own text, complete or not at all. */
export interface Reading {
  /** iptables-save, all tables. */
  readonly ipv4: string;
  readonly sysctls: ReadonlyMap<string, string | undefined>;
  /** What was asked for of `reads`, by name. */
  readonly sections: ReadonlyMap<ReadName, string>;
  /** Those of the question that the kernel neither has nor can load. */
  readonly missingModules: readonly string[];
  readonly manifest?: string;
  readonly declared?: string;
  /** Lines in plain words, of what was asked for by `boot`; empty where all is as it should be. */
  readonly boot?: string;
  /** Before it read, the host took back an apply that had lost its process. */
  readonly hasRecovered: boolean;
  /** By which connection we came, as the host tells it (shell/came-by.ts). */
  readonly cameBy?: string;
  /** Which one `iptables` is there. Absent where that cannot be told. */
  readonly backend?: Backend;
  /** Whether it has conntrack(8), without which `Transaction.stale` is left as it is. */
  readonly hasConntrack: boolean;
  /** What is saved of the other one, where it can hold anything. */
  readonly beside?: Partial<Readonly<Record<Family, string>>>;
}

/** What a throw-away namespace is to try, in this order: lines of each subsystem's tool, then input of iptables-restore. */
export type ProofTexts = Partial<Readonly<Record<ProofStage, string>>>;
export type ProofStage = SubsystemName | Family;
export const PROOF_STAGES: readonly ProofStage[] = [...SUBSYSTEM_NAMES, ...FAMILIES];

/** How a throw-away network namespace on the host took the texts. */
export type Proof =
  /** What the tools print of it, by stage: iptables-save, ipset save, … */
  | { readonly kind: 'proved'; readonly saves: ReadonlyMap<ProofStage, string> }
  /** `line` counts from 1 in the text; the tools name it in most cases, sometimes one too late (measured). */
  | {
      readonly kind: 'refused';
      readonly stage: ProofStage;
      readonly line?: number;
      readonly message: string;
    }
  | { readonly kind: 'unavailable'; readonly message: string };

/** One transaction: steps, what must be there afterwards, and what the host shall remember. */
export interface Transaction {
  readonly steps: readonly Step[];
  readonly expected: Expectation;
  /** Absent: nothing is left to remember, and the host's folder goes. */
  readonly manifest?: string;
  readonly scope: string;
  /** Absent: the scope's record goes. */
  readonly declared?: string;
  /** What a boot shall load of the scope, by file name; `kept`: what it loads now. Absent: nothing. */
  readonly boot?: Readonly<Record<string, string>> | 'kept';
  /** Conntrack entries to delete when it has ended so (conntrack/stale-entries.ts prints them). Absent: none. */
  readonly stale?: Readonly<Record<'kept' | 'undone', string>>;
  /** It belongs to the transaction before it: the two count as one where kept states are counted. */
  readonly isAmendment?: boolean;
  /** After so long, if the transaction does not end by itself, its guard takes it back. */
  readonly guardSeconds: number;
  /** Absent: it is kept without anybody's word. So it is where it has no steps. */
  readonly confirm?: Confirmation;
}

/** A transaction is kept only if somebody says so over a new connection, and in time. */
export interface Confirmation {
  /** By which an answer finds it. */
  readonly id: string;
  readonly secret: string;
  /** From the end of verification. */
  readonly timeoutSeconds: number;
}

/** What to say to a transaction. `ask`: nothing, only to hear how it stands. */
export type Answer =
  | { readonly kind: 'ask'; readonly id: string }
  | { readonly kind: 'confirm'; readonly id: string; readonly secret: string }
  /** `reason` in one line: it comes back as the transaction's message. */
  | { readonly kind: 'roll-back'; readonly id: string; readonly reason: string };

/**
 * How a transaction stands: `not-yet` verified, `waiting` for its word, or ended. `unknown`: the host remembers nothing of it,
 * because another one came meanwhile or because it never began.
 */
export type Standing = (typeof STANDINGS)[number];
export const STANDINGS = ['not-yet', 'waiting', 'kept', 'undone', 'undo-failed', 'unknown'] as const;

/** What a caller wants to hear of a transaction, and how it stops it. */
export interface Control {
  /** Ends it as long as nothing runs. */
  readonly signal: AbortSignal;
  /** Called when the question is on its way: what needs no answer can be reckoned meanwhile. */
  readonly onAsked?: () => void;
  /** Called when it runs: from now on it ends by itself. */
  readonly onStarted?: () => void;
  /** Called with each step that was made, by name. */
  readonly onStep?: (name: string) => void;
  /** Called when it is verified and waits for its confirmation. */
  readonly onVerified?: () => void;
}

/** What the host compares with itself after the steps. */
export interface Expectation {
  /** Of iptables, and of ip6tables where it was read. */
  readonly rules: Partial<Readonly<Record<Family, WatchedRules>>>;
  readonly entries: WatchedEntries;
  /** `PATH VALUE` lines. */
  readonly sysctls: string;
}

export interface WatchedRules {
  /** `mark COMMENT`, `own TABLE CHAIN` and `policy TABLE CHAIN` lines: what of iptables-save is compared. */
  readonly watch: string;
  /** The compared lines as `TABLE CHAIN NNNNNN REST`, in byte order. */
  readonly lines: string;
}

/** Of the entries that change: after an undo it must be the other way round. */
export interface WatchedEntries {
  readonly subsystems: readonly SubsystemName[];
  /** Fingerprints, a line each. */
  readonly present: string;
  readonly absent: string;
}

export type Outcome =
  /** `staleLeft`: why conntrack entries that were to be deleted are still there, in the tools' words. */
  | { readonly kind: 'kept'; readonly staleLeft?: string }
  /** `message` holds the tools' words; `undone: false`: those of the inverse too, which failed as well. */
  | { readonly kind: 'failed'; readonly step: string; readonly message: string; readonly undone: boolean };

export interface Host {
  /** Waits for a transaction that is under way. Throws `Refused` (unreadable, locked, tool-missing, not-root) or an error of `ssh/`. */
  read(question: Question, onAsked?: Control['onAsked']): Promise<Reading>;
  /** Runs the texts in an empty network namespace and saves what came of it; the host's own state is not touched. */
  prove(texts: ProofTexts): Promise<Proof>;
  /** How many connections each real server of IPVS has, active and inactive, that has not ended, by the key of its entry. Waits for no lock. */
  countConnections(): Promise<ReadonlyMap<string, number>>;
  /**
   * Takes the host's lock, reads, and runs what `decide` returns. If that is nothing, nothing is run and the host is kept
   * as it is; if it throws, nothing is run and the error is passed on. The signal ends it as long as nothing runs
   * (`Refused`, interrupted). Once it runs, it ends by itself: all new or all old, also when the connection is lost, which
   * is an `SshError` that does not tell how it ended.
   */
  transact(
    question: Question,
    decide: (reading: Reading) => Transaction | undefined,
    control: Control,
  ): Promise<Outcome>;
  /** Over another connection than the transaction's. After `confirm` or `roll-back` it is waited for until the transaction has ended. */
  answer(answer: Answer): Promise<Standing>;
}

/** A host over a connection that was made for one purpose and is closed after it. */
export interface FreshHost extends Host {
  /** What did not pass. */
  probe(probes: readonly Probe[], signal: AbortSignal): Promise<readonly ProbeFailure[]>;
  close(): void;
}
