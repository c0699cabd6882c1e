// What `ipset save` prints, as live entries. Used by ipset.ts.
import type { MemberDeclaration } from '../../model/ipset';
import { parseIpsetSave } from '../../syntax/ipset/ipset-save';
import { ANYHOW, FIRST, ipsetEntry } from '../../syntax/ipset/ipset';
import type { LiveEntry } from '../live';

/** Throws `UnreadableSets`. */
export function parseSets(section: string): LiveEntry[] {
  const { sets, members } = parseIpsetSave(section);
  return [...sets.map(ipsetEntry), ...members.map(toLiveMember)];
}

/**
 * A member whose timeout runs goes by itself: what nobody declared was put there by a rule or a program. In a set that no
 * part declares, a line need not say what the set's own timeout or the order in a list give it.
 */
function toLiveMember(member: MemberDeclaration): LiveEntry {
  const entry = ipsetEntry(member);
  if (member.options.length === 0) return { ...entry, alike: [{ value: ANYHOW.name, line: entry.line }] };
  const said = member.options.filter(({ name }) => !UNSAID.includes(name));
  const isRunning = member.options.some(({ name, value }) => name === 'timeout' && value !== '0');
  const { value, line } = ipsetEntry({ ...member, options: [ANYHOW, ...said] });
  return { ...entry, ...(isRunning ? { isDynamic: true } : {}), alike: [{ value, line }] };
}

const UNSAID: readonly string[] = ['timeout', 'after', FIRST.name];
