// The program of a transaction's own session on the host: remember, arm, change, verify, be confirmed; all new or all old. programs.ts starts it.
import { BOOT_SHELL } from './boot';
import { CONNTRACK_SHELL } from './conntrack';
import { CLOCK, shellFunctions } from './functions';
import { GENERATIONS } from './generations';
import { GUARD } from './guard';
import { SUBSYSTEM_SHELL } from './subsystem-shell';

/** Names of the files that the bundle holds beside `N.forward` and `N.inverse`. */
export const SESSION_FILES = {
  program: 'program',
  /** By which the client finds this very transaction again. */
  id: 'id',
  watchAwk: 'watch.awk',
  adaptAwk: 'adapt.awk',
  /** Lines `N KIND`. */
  steps: 'steps',
  /** With the family behind it, as `watch.ipv4`. */
  watch: 'watch',
  expected: 'expected',
  subsystems: 'subsystems',
  present: 'present',
  absent: 'absent',
  sysctls: 'sysctls',
  /** With how it ended behind it, as `stale.kept`: conntrack entries that are wrong then. */
  stale: 'stale',
  staleAwk: 'choose.awk',
  scope: 'scope',
  manifest: 'manifest',
  declared: 'declared',
  goBack: 'go-back',
  /** What people read of the changes. */
  summary: 'summary',
  /** Its generation belongs to the one before it. */
  amends: 'amends',
  /** With the file's name behind it, as `boot.ipset`. */
  boot: 'boot',
  bootKept: 'boot-kept',
  load: 'load',
  /** After so long the guard takes back what is not finished. */
  guardSeconds: 'guard-seconds',
  /** Absent: nothing has to be confirmed. */
  secret: 'secret',
  confirmSeconds: 'confirm-seconds',
} as const;

/**
 * `sh program FOLDER WHAT`: `apply` runs the transaction; `watch` and `roll-back` are its guard (guard.ts). It ignores HUP and PIPE,
 * so a closed channel does not end it.
 */
export function sessionProgram(nonce: string): string {
  return `${shellFunctions(nonce)}${SUBSYSTEM_SHELL}
work=$1
cd "$work" || exit 66
trap '' HUP INT PIPE TERM
${STEPS}${VERIFICATION}${BOOT_SHELL}${GENERATIONS}${UNDOING}${GUARD}${CONFIRMATION}${CONNTRACK_SHELL}${TRANSACTION}
case $2 in
  apply) transact ;;
  watch) watch ;;
  roll-back) roll_back "$3" ;;
esac
`;
}

/** Beside as much as the transaction's folder holds already: for what an undo reads and writes of a small host. */
const RESERVED_KIBIBYTES = 256;

/**
 * Nothing is changed before all of what is to be remembered is on the disk, and the guard is armed. Room for an undo is put by,
 * since /run may be full by then. Conntrack entries go when all else is over, since nothing could bring them back.
 */
const TRANSACTION = `
transact() {
  trap leave EXIT
  say started
  begin before
  watched before && put_by || fail before
  end before 0
  begin remember
  stage || fail remember
  end remember 0
  if [ -s steps ]; then
    begin guard
    arm || fail guard
    end guard 0
    event armed
  fi
  while IFS=' ' read -r n kind; do
    begin "$n"
    echo "$n:$kind" >> begun || fail "$n"
    run_step "$n.forward" "$kind" || goes_back "$n" "$kind" || { in_doubt=$n; fail "$n"; }
    end "$n" 0
    event "$n"
  done < steps
  begin verify
  verify || fail verify
  end verify 0
  begin confirm
  await_confirmation || fail confirm
  end confirm 0
  begin remember
  commit || is_committed || fail remember
  end remember 0
  conclude kept
  delete_stale kept
}
put_by() {
  set -- $(du -sk .)
  dd if=/dev/zero of=reserve bs=1024 count="$(($1 + ${RESERVED_KIBIBYTES}))" 2> said || { cat said; return 1; }
}
conclude() { rm -f reserve; ending "$1"; disarm; say "$1"; }
leave() { disarm; rm -rf "$run/owner" "$work"; }
fail() {
  end "$1" 1
  say "failed $1"
  begin undo
  if undo; then unstage; end undo 0; conclude undone; delete_stale undone
  else
    end undo 1
    trap 'disarm; rm -f "$run/owner"' EXIT
    conclude undo-failed
  fi
  exit 1
}
`;

const STEPS = `
write_sysctls() {
  while IFS=' ' read -r path value; do printf '%s\\n' "$value" > "/proc/sys/$path" || return 1; done < "$1"
}
is_atomic() { case $1 in ipv4 | ipv6) return 0 ;; *) return 1 ;; esac; }
run_step() { case $2 in sysctl) write_sysctls "$1" ;; *) "run_$2" "$1" ;; esac; }
`;

const VERIFICATION = `
watched() {
  for family in ipv4 ipv6; do
    [ -f "watch.$family" ] || continue
    if [ "$1" = before ] && [ -f "read.$family" ]; then mv "read.$family" saved || return 1
    else whole saved save_of "$family" || return 1; fi
    awk -f watch.awk "watch.$family" saved | sort > "$1.$family" || return 1
  done
}
compare() {
  same=0
  for family in ipv4 ipv6; do
    [ -f "$1.$family" ] || continue
    cmp -s "$1.$family" "found.$family" && continue
    same=1
    awk 'FILENAME == ARGV[1] { there[$0]; next } !($0 in there) { print "missing: " $0 }' "found.$family" "$1.$family"
    awk 'FILENAME == ARGV[1] { there[$0]; next } !($0 in there) { print "not expected: " $0 }' "$1.$family" "found.$family"
  done
  return "$same"
}
entries_are() {
  [ -s subsystems ] || return 0
  while IFS= read -r name; do "fingerprint_$name" > prints || return 1; sed "s/^/$name /" prints; done \\
    < subsystems > found.entries
  awk 'FILENAME == ARGV[1] { there[$0]; next } !($0 in there) { print "missing: " $0; bad = 1 } END { exit bad }' found.entries "$1" &&
    awk 'FILENAME == ARGV[1] { there[$0]; next } $0 in there { print "not expected: " $0; bad = 1 } END { exit bad }' found.entries "$2"
}
verify() {
  watched found || return 1
  while IFS=' ' read -r path wanted; do
    live_value "$path"
    [ "$value" = "$wanted" ] || { echo "$path is $value, not $wanted"; return 1; }
  done < sysctls
  entries_are present absent && compare expected
}
`;

/**
 * Where somebody else changed what an inverse relies on, the inverse is adapted to what is there now. So it is where nobody knows
 * whether a step ran: an adapted inverse can be run twice, or where its step was not; one that only says what chains of ours hold can
 * be so as it is, which saves a reading for each of very many. What would undo stays in the folder if that fails too. A step that failed may have been made all the same; where its inverse fails too, what counts is that all is as before.
 */
const UNDOING = `
restore_adapted() { whole now save_of "$1" && awk -f adapt.awk now "$2" > adapted && restore "$1" adapted; }
is_repeatable() { ! grep -q '^-[DI] ' "$1"; }
goes_back() { [ -f goes-to ] && is_atomic "$2" && restore_adapted "$2" "$1.forward"; }
take_back() {
  case $2 in
    ipv4 | ipv6)
      if [ "$1" = "$in_doubt" ]; then restore_adapted "$2" "$1.inverse" > /dev/null 2>&1 || left=$1; return 0; fi
      if [ -z "$is_unsure" ] || is_repeatable "$1.inverse"; then run_step "$1.inverse" "$2" && return; fi
      restore_adapted "$2" "$1.inverse" ;;
    sysctl) run_step "$1.inverse" "$2" ;;
    *) "undo_$2" "$1.inverse" ;;
  esac
}
undo() {
  rm -f reserve
  undone=0
  left=
  begun=
  [ ! -f begun ] || while IFS= read -r step; do begun="$step $begun"; done < begun
  for step in $begun; do take_back "\${step%%:*}" "\${step#*:}" || undone=1; done
  [ "$undone" = 0 ] || return 1
  [ -z "$begun" ] || entries_are absent present || return 1
  if watched found && compare before; then return 0; fi
  echo 'others changed this meanwhile'
  [ -z "$left" ]
}
`;

/**
 * The client's word comes through a pipe, from a program that it starts over a new connection. The clock is the kernel's, which
 * nobody sets. What waits holds neither the lock nor the events, so it may outlive us.
 */
const CONFIRMATION = `${CLOCK}await_confirmation() {
  [ -f secret ] && [ -s steps ] || return 0
  read -r secret < secret
  read -r limit < confirm-seconds
  now
  until=$((now + limit))
  mkfifo confirmation && exec 7<> confirmation || return 1
  : > verified
  say verified
  event verified
  while now; left=$((until - now)); [ "$left" -gt 0 ]; do
    answer=$(timeout "$left" head -n 1 <&7 6>&- 9>&-)
    case $answer in
      "$secret") return 0 ;;
      'roll-back '*) echo "\${answer#roll-back }"; return 1 ;;
    esac
  done
  echo "nobody confirmed it over a new SSH connection within $limit s"
  return 1
}
`;
