// The programs that are sent to a host's `sh`: read, prove, count, transact. remote-host.ts runs them.
import { BOOT_SHELL } from './boot';
import { shellFunctions, lock, OWNER, UNPACKING, WORK_FOLDER } from './functions';
import { RECOVERY } from './guard';
import { READING } from './reading';
import { SUBSYSTEM_SHELL } from './subsystem-shell';

/** Reads in one round trip; waits for a transaction that is under way. */
export function readProgram(nonce: string, lockTimeoutSeconds: number): string {
  return `${shellFunctions(nonce)}${SUBSYSTEM_SHELL}${BOOT_SHELL}${READING}${RECOVERY}
require_root
require iptables-save iptables-restore flock
${WORK_FOLDER}
take question "$work/question"
${lock('shared', lockTimeoutSeconds)}
recover
keeps=
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
 * lock and no longer needs this channel. What it logs is passed on as it tells of it, until nothing of it is left.
 */
export function transactProgram(nonce: string, lockTimeoutSeconds: number): string {
  return `${shellFunctions(nonce)}${SUBSYSTEM_SHELL}${READING}${RECOVERY}
require_root
require iptables-save iptables-restore flock setsid awk cmp
${WORK_FOLDER}
take question "$work/question"
${lock('exclusive', lockTimeoutSeconds)}
recover
${OWNER}
keeps=yes
reading "$work/question"
take index "$work/index"
take bundle "$work/bundle"
${UNPACKING}
: > "$work/log"
exec 8< "$work/log"
mkfifo "$work/events" || refuse "no-folder $run"
exec 6<> "$work/events"
exec 5< "$work/events"
trap - EXIT
setsid sh "$work/program" "$work" apply < /dev/null > "$work/log" 2>&1 5<&- 8<&- &
exec 6>&- 9>&-
while IFS= read -r event <&5; do cat <&8; done
wait $!
cat <&8
`;
}
