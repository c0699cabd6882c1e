// The three programs that are sent to a host's `sh`: read, prove, transact. remote-host.ts runs them.
import { shellFunctions, lock, OWNER, UNPACKING, WORK_FOLDER } from './functions';
import { READING } from './reading';
import { SUBSYSTEM_SHELL } from './subsystem-shell';

/** Reads in one round trip; waits for a transaction that is under way. */
export function readProgram(nonce: string, lockTimeoutSeconds: number): string {
  return `${shellFunctions(nonce)}${SUBSYSTEM_SHELL}${READING}
require_root
require iptables-save iptables-restore flock
${WORK_FOLDER}
take question "$work/question"
${lock('shared', lockTimeoutSeconds)}
reading "$work/question"
`;
}

/**
 * Tries texts in a network namespace of their own, and says what the host's tools make of them. What rules may name there
 * (sets, devices) is prepared as on the host.
 */
export function proveProgram(nonce: string): string {
  return `${shellFunctions(nonce)}${SUBSYSTEM_SHELL}
require_root
require iptables-save iptables-restore
${WORK_FOLDER}
take index "$work/index"
take bundle "$work/bundle"
${UNPACKING}
begin error
if unshare -n true 2>&1 < /dev/null; then
  XTABLES_LOCKFILE=$work/xtables.lock; export XTABLES_LOCKFILE
  for stage in $(cat "$work/stages"); do "prepare_$stage"; done
  unshare -n sh "$work/program" "$work" < /dev/null
  code=$?
else code=unavailable; fi
end error "$code"
begin stage
[ ! -f "$work/stage" ] || cat "$work/stage"
end stage 0
for stage in $(cat "$work/stages"); do
  [ -f "$work/$stage.save" ] || continue
  begin "save-$stage"
  cat "$work/$stage.save"
  end "save-$stage" 0
done
say proved
`;
}

/** Counts the connections of each real server. */
export function connectionsProgram(nonce: string): string {
  return `${shellFunctions(nonce)}${SUBSYSTEM_SHELL}
require_root
${WORK_FOLDER}
begin connections
count_ipvs
end connections $?
say counted
`;
}

/**
 * Locks, reads, and asks for the transaction; then starts it (session.ts) in a session of its own, which inherits the
 * lock and no longer needs this channel.
 */
export function transactProgram(nonce: string, lockTimeoutSeconds: number): string {
  return `${shellFunctions(nonce)}${SUBSYSTEM_SHELL}${READING}
require_root
require iptables-save iptables-restore flock setsid awk cmp
${WORK_FOLDER}
take question "$work/question"
${lock('exclusive', lockTimeoutSeconds)}
${OWNER}
reading "$work/question"
take index "$work/index"
take bundle "$work/bundle"
${UNPACKING}
: > "$work/log"
exec 8< "$work/log"
trap - EXIT
setsid sh "$work/program" "$work" < /dev/null > "$work/log" 2>&1 8<&- &
wait $!
cat <&8
`;
}
