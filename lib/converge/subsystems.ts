// The subsystems in the order in which a transaction builds them up; it takes down in reverse.
import type { Entry, EntryKind } from '../model/entry';
import { IP } from './ip/ip';
import { IPSET } from './ipset/ipset';
import { IPVS } from './ipvs/ipvs';
import type { Subsystem } from './subsystem';

/** Addresses before the virtual servers on them; all of them before the rules that name them. */
export const SUBSYSTEMS: readonly Subsystem[] = [IP, IPSET, IPVS];

/** Which one holds entries of this kind. */
export function subsystemOf({ kind }: Pick<Entry, 'kind'>): Subsystem {
  return BY_KIND[kind];
}

const BY_KIND: Readonly<Record<EntryKind, Subsystem>> = {
  link: IP,
  'link-state': IP,
  address: IP,
  route: IP,
  'routing-rule': IP,
  set: IPSET,
  member: IPSET,
  'virtual-server': IPVS,
  'real-server': IPVS,
};
