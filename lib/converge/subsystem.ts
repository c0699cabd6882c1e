// What convergence must know of one of the kernel's subsystems whose objects are entries; subsystems.ts lists them.
import type { Problem } from '../model/errors';
import type { Entry, EntryKind } from '../model/entry';
import type { EntryChange } from './change';
import type { DesiredState } from './desired';
import type { HostTarget, Note } from './engine';
import type { Live, LiveEntry } from './live';
import type { ChainChange } from './change';
import type { Step } from './plan';

/** Also the name of its section in a reading, of its steps, and of its shell functions (`read_ip`, `run_ip`, …). */
export const SUBSYSTEM_NAMES = ['ip', 'ipset', 'ipvs'] as const;
export type SubsystemName = (typeof SUBSYSTEM_NAMES)[number];

/** What is about to be changed, and on what ground. */
export interface Planning {
  readonly desired: DesiredState;
  readonly live: Live;
  /** Of the whole transaction. */
  readonly chains: readonly ChainChange[];
}

/** `first` runs before the rules change, `last` after. Each step's inverse also takes back half of it. */
export interface PlannedSteps {
  readonly first: readonly Step[];
  readonly last: readonly Step[];
  /** Where rules must not name something while it is made anew: they change twice, and the steps run between. */
  readonly around?: RulesAround;
}

/** The changes of all rules in two goes. */
export interface RulesAround {
  /** In place of those that were planned. */
  readonly there: readonly ChainChange[];
  readonly steps: readonly Step[];
  readonly back: readonly ChainChange[];
}

/** Lines for the subsystem's tool in a throw-away namespace, and which entry each line of them tries. */
export interface SubsystemProof {
  readonly text: string;
  /** By line of the text, from 1: keys of desired entries. */
  readonly keys: ReadonlyMap<number, string>;
}

/** All of it is pure; what runs on the host is in shell/NAME.ts. */
export interface Subsystem {
  readonly name: SubsystemName;
  readonly kinds: readonly EntryKind[];
  /** True if a part's text may say something of it, or of rules that name what it holds: then it is read. May be true too often. */
  readonly isNamedIn: (text: string) => boolean;
  /** The objects in its section of a reading. Throws where the text is not understood. */
  readonly parse: (section: string) => readonly LiveEntry[];
  /** Kernel modules without which the entry cannot be. */
  readonly modules: (entry: Entry) => readonly string[];
  /** What is wrong with what is desired, seen against this host; may throw `Refused` for what must not be removed. */
  readonly problems: (desired: DesiredState, live: Live) => readonly Problem[];
  /** What a plan tells beside. */
  readonly notes: (desired: DesiredState, live: Live, target: HostTarget) => readonly Note[];
  /** Sysctls that the notes look at, declared or not. */
  readonly sysctls?: (desired: DesiredState) => readonly string[];
  readonly plan: (changes: readonly EntryChange[], planning: Planning) => PlannedSteps;
  /** One line that `fingerprint_NAME` prints too where the host holds the entry with this value. */
  readonly fingerprint: (entry: Entry) => string;
  /** Nothing to try: absent. */
  readonly proof: (desired: DesiredState) => SubsystemProof | undefined;
}
