// From changes of virtual and real servers to input for `ipvsadm -R`, and what takes it back. Used by ipvs.ts.
import type { Entry } from '../../model/entry';
import type { EntryChange } from '../change';
import { invert } from '../change';
import type { Step } from '../plan';
import type { PlannedSteps } from '../subsystem';

/** What is added or changed stands before the rules that send packets there; what is removed goes when none do any more. */
export function planIpvs(changes: readonly EntryChange[]): PlannedSteps {
  const made = inOrder(changes.filter(({ after }) => after !== undefined));
  const removed = inOrder(changes.filter(({ after }) => after === undefined));
  return {
    first: made.length === 0 ? [] : [toStep('ipvsadm', made)],
    last: removed.length === 0 ? [] : [toStep('ipvsadm, what is removed', [...removed].reverse())],
  };
}

/** A virtual server comes before the real servers in it. */
function inOrder(changes: readonly EntryChange[]): EntryChange[] {
  const isVirtual = (change: EntryChange): boolean => entryOf(change).kind === 'virtual-server';
  return [...changes.filter(isVirtual), ...changes.filter((change) => !isVirtual(change))];
}

function toStep(name: string, changes: readonly EntryChange[]): Step {
  return {
    name,
    kind: 'ipvs',
    forward: changes.map(printIpvsChange).join(''),
    inverse: [...changes].reverse().map(invert).map(printIpvsChange).join(''),
    changes,
  };
}

/** `-E` and `-e` replace all that was said before (measured), so the line is restated whole; established connections live on. */
function printIpvsChange({ before, after }: EntryChange): string {
  const [, command = '', words = ''] = /^ipvsadm (-[Aa]) (.*)$/.exec((after ?? before)?.line ?? '') ?? [];
  if (before === undefined) return `${command} ${words}\n`;
  if (after === undefined) return `${command === '-A' ? '-D' : '-d'} ${addressOf(before)}\n`;
  return `${command === '-A' ? '-E' : '-e'} ${words}\n`;
}

/** What names it: the words of its key. */
function addressOf({ kind, key }: Entry): string {
  return key.slice(`${kind} `.length);
}

function entryOf({ before, after }: EntryChange): Entry {
  const entry = after ?? before;
  if (entry === undefined) throw new Error('a change of nothing');
  return entry;
}
