// What a host keeps on its disk of one scope, to have it again after a reboot: flat files that shell/boot.ts loads. Used by apply-host.ts.
import type { Entry } from '../../model/entry';
import { FAMILIES } from '../../model/iptables';
import type { Persist } from '../../model/persist';
import type { Wording } from '../align';
import type { DesiredState } from '../desired';
import { isList } from '../ipset/set-entries';
import { added, made } from '../ipset/set-text';
import { proveIp } from '../ip/proof';
import { modulesOf } from '../modules';
import { sysctlPath } from '../plan';
import { toText } from '../to-text';
import { bootDevices, bootOthers } from './boot-others';
import { printBootRules } from './boot-rules';

/**
 * File name -> text, for the folder `boot/SCOPE` of a generation. All of ours and nothing of others; what is adopted is in it
 * as declared, since who had made it need not come again. Real servers that drain are not: a reboot ended their connections.
 */
export function bootFiles(
  desired: DesiredState,
  { wording, persist }: { readonly wording: Wording; readonly persist: Exclude<Persist, 'none'> },
): Readonly<Record<string, string>> {
  const files: readonly (readonly [string, readonly string[]])[] = [
    ['settings', [`persist ${persist}`, `prefix ${desired.scope.chainPrefix}`]],
    ['modules', [...modulesOf(desired).keys()]],
    ['sysctls', printSysctls(desired)],
    ['devices', bootDevices(desired)],
    ['others', bootOthers(desired)],
    ['ip', linesOf(proveIp(desired)?.text)],
    ['ipset', printSets(desired)],
    ['ipvs', printServers(desired)],
    ...FAMILIES.map((family) => [family, printBootRules(desired, family, wording)] as const),
  ];
  return Object.fromEntries(
    files.flatMap(([name, lines]) => (lines.length === 0 ? [] : [[name, toText(lines)]])),
  );
}

/** Forwarding first: writing it sets other values anew (docs/lab-notes/0260-writing-ip-forward.md). */
function printSysctls({ sysctls }: DesiredState): string[] {
  const lines = [...sysctls].map(([key, { declaration }]) => `${sysctlPath(key)} ${declaration.value}`);
  const isFirst = (line: string): boolean =>
    /^net\/(ipv4\/ip_forward|ipv[46]\/conf\/all\/forwarding) /.test(line);
  return [...lines.filter(isFirst), ...lines.filter((line) => !isFirst(line))];
}

/**
 * Each set with its members behind it, as `ipset save` prints them; lists behind the sets that they hold. Members of a list stand
 * in its order, so none needs to say behind which it stands.
 */
function printSets({ entries }: DesiredState): string[] {
  const all = [...entries.values()].map(({ entry }) => entry);
  const sets = all.filter(({ kind }) => kind === 'set');
  const members = new Map<string, Entry[]>();
  for (const entry of all) {
    if (entry.kind !== 'member') continue;
    const siblings = members.get(entry.container ?? '');
    if (siblings === undefined) members.set(entry.container ?? '', [entry]);
    else siblings.push(entry);
  }
  const ofOthers = [...members].flatMap(([key, theirs]) => (entries.has(key) ? [] : theirs));
  return [
    ...[...sets.filter((set) => !isList(set)), ...sets.filter(isList)].flatMap((set) =>
      made({ set, members: members.get(set.key) ?? [] }),
    ),
    ...ofOthers.map((member) => added(member)),
  ];
}

function printServers({ entries }: DesiredState): string[] {
  const all = [...entries.values()].map(({ entry }) => entry);
  return (['virtual-server', 'real-server'] as const).flatMap((kind) =>
    all.filter((entry) => entry.kind === kind).map(({ line }) => line.slice('ipvsadm '.length)),
  );
}

function linesOf(text = ''): string[] {
  return text.split('\n').filter((line) => line !== '');
}
