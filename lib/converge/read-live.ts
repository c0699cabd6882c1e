// Reads one host and scope: live state, and the parts that were last declared there. Every verb of the engine begins with it.
import type { Parts } from '../model/declaration';
import { parseParts } from '../syntax/parts';
import type { DeclaredRecord } from './declared';
import { declaredOnly, parseDeclaredRecord, partsDigest } from './declared';
import type { HostTarget } from './engine';
import { Refused } from './errors';
import type { Host, Question, Reading } from './host';
import type { Live } from './live';
import { toLiveChains, withBuiltInChains } from './live';
import type { Manifest } from './manifest';
import { EMPTY_MANIFEST, parseManifest } from './manifest';

export interface LiveReading {
  readonly live: Live;
  /** What was last confirmed on the host, if that is not what the caller knows. */
  readonly declared?: DeclaredRecord;
}

/** The question for a scope of which these parts are known; their sysctls are asked for, and the others given. */
export function questionOf(target: HostTarget, known: Parts, sysctls: readonly string[] = []): Question {
  return {
    scope: target.scope.name,
    declaredDigest: partsDigest(known),
    sysctls: [...new Set([...sysctlsOf(known), ...sysctls])].sort(),
    lockTimeoutSeconds: target.lockTimeoutSeconds,
  };
}

/** Reads; a second time where the host's own record declares sysctls that the first reading did not ask for. */
export async function readLive(host: Host, target: HostTarget, question: Question): Promise<LiveReading> {
  const first = toLive(await host.read(question), target);
  const more = sysctlsOf(first.declared?.parts ?? {}).filter((key) => !question.sysctls.includes(key));
  if (more.length === 0) return first;
  return toLive(await host.read({ ...question, sysctls: [...question.sysctls, ...more] }), target);
}

/** Throws `Refused` (unreadable) for rules that iptables-save cannot show and for a manifest that is not ours. */
export function toLive(reading: Reading, target: HostTarget): LiveReading {
  const manifest = parsed('manifest', target, () =>
    reading.manifest === undefined ? EMPTY_MANIFEST : parseManifest(reading.manifest),
  );
  const chains = parsed('iptables-save', target, () =>
    withBuiltInChains(toLiveChains(reading.ipv4, 'ipv4'), 'ipv4'),
  );
  const declared = parsed('declared', target, () => confirmedRecord(reading.declared, { manifest, target }));
  return {
    live: { chains, sysctls: reading.sysctls, manifest },
    ...(declared === undefined ? {} : { declared }),
  };
}

/** A record whose digest is not the manifest's is of an apply that was not confirmed. */
function confirmedRecord(
  text: string | undefined,
  { manifest, target }: { manifest: Manifest; target: HostTarget },
): DeclaredRecord | undefined {
  if (text === undefined) return undefined;
  const end = text.indexOf('\n');
  const digest = manifest.scopes[target.scope.name]?.declaredDigest;
  return text.slice(0, end) === digest ? parseDeclaredRecord(text.slice(end + 1)) : undefined;
}

function parsed<T>(what: string, target: HostTarget, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refused(
      'unreadable',
      `${target.name}: ${what} cannot be read: ${why}`,
      UNREADABLE_FIX[what] ?? '',
      {
        cause: error,
      },
    );
  }
}

const UNREADABLE_FIX: Readonly<Record<string, string>> = {
  manifest:
    'look at /var/lib/gatewright/manifest.json on the host; if it is damaged, move it away and import the host anew',
  declared: 'look at /var/lib/gatewright/declared on the host; if it is damaged, remove that file',
  'iptables-save':
    'rules that iptables-save cannot show must go from the tables that iptables uses (nft list ruleset shows them); put them into an nft table of their own',
};

function sysctlsOf(parts: Parts): string[] {
  return parseParts(declaredOnly(parts)).declared.flatMap(({ declaration }) =>
    declaration.kind === 'sysctl' ? [declaration.key] : [],
  );
}
