// What a plan tells beside about addresses: one that stands on another device too. Used by the subsystem ip.
import { printSource } from '../../model/declaration';
import type { DesiredState } from '../desired';
import type { Note } from '../engine';
import type { Live, LiveEntry } from '../live';
import { declarationOf } from './lines';

/** The kernel takes one address on two devices, and answers for it on both. */
export function ipNotes(desired: DesiredState, live: Live): Note[] {
  const addresses = [...live.entries.values()].filter(({ kind }) => kind === 'address');
  return [...desired.entries.values()].flatMap(({ entry, declaration, sources: [source] }) => {
    if (declaration.kind !== 'address' || live.entries.has(entry.key)) return [];
    const other = addresses.find((each) => !desired.entries.has(each.key) && isOnOther(each, declaration));
    return other === undefined
      ? []
      : [
          {
            summary: `${declaration.address} stands on another device of the host already`,
            detail:
              `${printSource(source)} declares it on ${declaration.device}; on the host: ${other.line}\n` +
              'The kernel takes an address on several devices, and answers for it on each.',
            part: source.part,
          },
        ];
  });
}

function isOnOther(
  live: LiveEntry,
  { address, device }: { readonly address: string; readonly device: string },
): boolean {
  if (!live.line.includes(` ${address}`)) return false;
  const there = declarationOf(live);
  return there.kind === 'address' && there.address === address && there.device !== device;
}
