// One difference between a host and what it should hold, as a value that can be inverted and printed; plan.ts orders them.
import type { ChainAddress } from '../model/iptables';
import { chainKey, IPTABLES } from '../model/iptables';
import type { Entry } from '../model/entry';
import { longestCommon } from './longest-common';

/** Positions count from 1, as in iptables(8), at the moment when the edit is made. */
export interface Edit {
  readonly kind: 'insert' | 'delete';
  readonly position: number;
  readonly text: string;
}

export type ChainChange =
  /** A chain of ours gets these rules; `before` is absent where the chain is made, `after` where it is removed. */
  | {
      readonly kind: 'fill';
      readonly address: ChainAddress;
      readonly before?: readonly string[];
      readonly after?: readonly string[];
    }
  /** Single rules of ours in a built-in or foreign chain. */
  | { readonly kind: 'edit'; readonly address: ChainAddress; readonly edits: readonly Edit[] }
  | {
      readonly kind: 'policy';
      readonly address: ChainAddress;
      readonly before: string;
      readonly after: string;
    };

export interface SysctlChange {
  readonly kind: 'sysctl';
  readonly key: string;
  readonly before: string;
  readonly after: string;
}

/** An object that is compared whole: without `before` it is added, without `after` removed. */
export interface EntryChange {
  readonly kind: 'entry';
  readonly before?: Entry;
  readonly after?: Entry;
}

export type Change = ChainChange | SysctlChange | EntryChange;

/** What takes the change back: our own objects only, so whatever others did meanwhile stays. */
export function invert<C extends Change>(change: C): C;
export function invert(change: Change): Change {
  switch (change.kind) {
    case 'fill': {
      const { kind, address, before, after } = change;
      return {
        kind,
        address,
        ...(after === undefined ? {} : { before: after }),
        ...(before === undefined ? {} : { after: before }),
      };
    }
    case 'edit':
      return {
        ...change,
        edits: [...change.edits]
          .reverse()
          .map((edit) => ({ ...edit, kind: edit.kind === 'insert' ? 'delete' : 'insert' })),
      };
    case 'policy':
    case 'sysctl':
      return { ...change, before: change.after, after: change.before };
    case 'entry': {
      const { kind, before, after } = change;
      return {
        kind,
        ...(after === undefined ? {} : { before: after }),
        ...(before === undefined ? {} : { after: before }),
      };
    }
  }
}

/** Lines for people: `+` what will be there, `-` what will be gone, in the tools' own words. */
export function printChange(change: Change): string[] {
  switch (change.kind) {
    case 'fill':
      return printFill(change);
    case 'edit':
      return change.edits.map(
        ({ kind, text }) => `${kind === 'insert' ? '+' : '-'} ${command(change.address, '-A')} ${text}`,
      );
    case 'policy':
      return [
        `- ${command(change.address, '-P')} ${change.before}`,
        `+ ${command(change.address, '-P')} ${change.after}`,
      ];
    case 'sysctl':
      return [`- sysctl ${change.key}=${change.before}`, `+ sysctl ${change.key}=${change.after}`];
    case 'entry':
      return [
        ...(change.before === undefined ? [] : [`- ${change.before.line}`]),
        ...(change.after === undefined ? [] : [`+ ${change.after.line}`]),
      ];
  }
}

function printFill({ address, before, after }: Extract<ChainChange, { kind: 'fill' }>): string[] {
  const old = before ?? [];
  const next = after ?? [];
  const kept = longestCommon(old, next);
  const oldKept = new Set(kept.map(([index]) => index));
  const nextKept = new Set(kept.map(([, index]) => index));
  const rule = (sign: string, text: string): string => `${sign} ${command(address, '-A')} ${text}`;
  return [
    ...(before === undefined ? [`+ ${command(address, '-N')}`] : []),
    ...old.flatMap((text, index) => (oldKept.has(index) ? [] : [rule('-', text)])),
    ...next.flatMap((text, index) => (nextKept.has(index) ? [] : [rule('+', text)])),
    ...(after === undefined ? [`- ${command(address, '-N')}`] : []),
  ];
}

function command({ family, table, chain }: ChainAddress, option: string): string {
  return `${IPTABLES[family]} -t ${table} ${option} ${chain}`;
}

/** A name for messages. */
export function changeName(change: Change): string {
  switch (change.kind) {
    case 'sysctl':
      return `sysctl ${change.key}`;
    case 'entry':
      return (change.after ?? change.before)?.key ?? 'nothing';
    default:
      return chainKey(change.address);
  }
}
