// The three programs that are sent to a host's `sh`: read, prove, transact. remote-host.ts runs them.
import { shellFunctions, lock, OWNER, WORK_FOLDER } from './functions';
import { READING } from './reading';

/** Reads in one round trip; waits for a transaction that is under way. */
export function readProgram(nonce: string, lockTimeoutSeconds: number): string {
  return `${shellFunctions(nonce)}${READING}
require_root
require iptables-save iptables-restore flock
${WORK_FOLDER}
take question "$work/question"
${lock('shared', lockTimeoutSeconds)}
reading "$work/question"
`;
}

/**
 * Loads a text in a network namespace of its own, and says what the host's tools make of it. Sets that rules may name
 * stand there as on the host, empty.
 */
export function proveProgram(nonce: string): string {
  return `${shellFunctions(nonce)}
require_root
require iptables-save iptables-restore
${WORK_FOLDER}
take text "$work/text"
begin error
if unshare -n true 2>&1 < /dev/null; then
  XTABLES_LOCKFILE=$work/xtables.lock; export XTABLES_LOCKFILE
  if command -v ipset > /dev/null && grep -q -e '--match-set' -e '-j SET ' "$work/text"; then
    ipset list -t -o save | grep '^create ' > "$work/sets"
  fi
  unshare -n sh -c '
    [ ! -s "$0/sets" ] || ipset restore < "$0/sets" 2>&1
    iptables-restore < "$0/text" 2>&1 && iptables-save > "$0/save"' "$work" < /dev/null
  code=$?
else code=unavailable; fi
end error "$code"
begin save
[ ! -f "$work/save" ] || cat "$work/save"
end save 0
say proved
`;
}

/**
 * Locks, reads, and asks for the transaction; then starts it (session.ts) in a session of its own, which inherits the
 * lock and no longer needs this channel.
 */
export function transactProgram(nonce: string, lockTimeoutSeconds: number): string {
  return `${shellFunctions(nonce)}${READING}
require_root
require iptables-save iptables-restore flock setsid awk cmp
${WORK_FOLDER}
take question "$work/question"
${lock('exclusive', lockTimeoutSeconds)}
${OWNER}
reading "$work/question"
take index "$work/index"
take bundle "$work/bundle"
offset=1
while IFS=' ' read -r name length; do
  tail -c "+$offset" "$work/bundle" | head -c "$length" > "$work/$name"
  [ "$(wc -c < "$work/$name")" -eq "$length" ] || exit 65
  offset=$((offset + length))
done < "$work/index"
: > "$work/log"
exec 8< "$work/log"
trap - EXIT
setsid sh "$work/program" "$work" < /dev/null > "$work/log" 2>&1 8<&- &
wait $!
cat <&8
`;
}
