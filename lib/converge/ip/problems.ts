// What is wrong with declared links, addresses and routes on this host, told before anything is tried. Used by the subsystem ip.
import { printSource } from '../../model/declaration';
import type { Problem } from '../../model/errors';
import { closest } from '../../syntax/closest';
import type { DesiredState } from '../desired';
import type { DesiredEntry } from '../entries/desired-entries';
import { isHeld } from '../entries/own-entries';
import type { Live } from '../live';
import { devicesOf, isLacking } from './devices';
import { leaningProblems } from './leaning';

/** Devices that the host lacks, links of ours that became something else, and what would be lost with something that goes. */
export function ipProblems(desired: DesiredState, live: Live): Problem[] {
  const wanted = [...desired.entries.values()];
  return [
    ...wanted
      .filter(({ entry }) => IP_KINDS.includes(entry.kind))
      .flatMap((each) => lackingDevice(each, desired, live)),
    ...wanted.filter(({ entry }) => entry.kind === 'link').flatMap((each) => otherType(each, desired, live)),
    ...leaningProblems(desired, live),
  ];
}

function lackingDevice(
  { entry, sources: [source] }: DesiredEntry,
  desired: DesiredState,
  live: Live,
): Problem[] {
  const device = devicesOf(entry).find((each) => isLacking(each, desired, live));
  if (device === undefined) return [];
  const names = linkNames(live);
  const near = closest(device, names);
  return [
    {
      code: 'unknown-device',
      what: `the host has no device ${device}`,
      at: printSource(source),
      given: source.text.trim(),
      allowed: names.length === 0 ? 'a device of the host' : names.join(', '),
      fix:
        near === undefined
          ? `write the device that is meant, or make it: \`ip link add ${device} type dummy\``
          : `if ${near} is meant, write it so`,
      part: source.part,
    },
  ];
}

const IP_KINDS: readonly string[] = ['link-state', 'address', 'route'];
/** So many that a message stays readable. */
const MOST_NAMES = 20;

function linkNames(live: Live): string[] {
  const names = [...live.entries.values()].flatMap(({ kind, key }) =>
    kind === 'link' ? [key.slice('link '.length)] : [],
  );
  return names.slice(0, MOST_NAMES);
}

/** It was made by us, and is no dummy any more: to remove what stands there now would be a guess. */
function otherType(
  { entry, sources: [source] }: DesiredEntry,
  { scope }: DesiredState,
  live: Live,
): Problem[] {
  const there = live.entries.get(entry.key);
  if (there === undefined || there.value === entry.value) return [];
  if (!isHeld(entry.key, scope, live)) return [];
  return [
    {
      code: 'link-type',
      what: `${entry.key} is of another type on the host now: somebody removed ours and made another of that name`,
      at: printSource(source),
      given: source.text.trim(),
      fix: 'remove the link there, or declare another name',
      part: source.part,
    },
  ];
}
