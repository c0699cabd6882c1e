// The program of a transaction's own session on the host: steps, verification, memory; all new or all old. programs.ts starts it.
import { shellFunctions } from './functions';
import { SUBSYSTEM_SHELL } from './subsystem-shell';

/** Names of the files that the bundle holds beside `N.forward` and `N.inverse`. */
export const SESSION_FILES = {
  program: 'program',
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
  scope: 'scope',
  manifest: 'manifest',
  declared: 'declared',
} as const;

/** It ignores HUP and PIPE, so a closed channel does not end it. */
export function sessionProgram(nonce: string): string {
  return `${shellFunctions(nonce)}${SUBSYSTEM_SHELL}
work=$1
cd "$work" || exit 66
trap '' HUP INT PIPE TERM
trap 'rm -rf "$work" "$run/owner"' EXIT
${STEPS}${VERIFICATION}${MEMORY}${UNDOING}
say started
done_steps=
begin before
watched before || fail before
end before 0
while IFS=' ' read -r n kind; do
  begin "$n"
  if can_stop_halfway "$kind"; then done_steps="$n:$kind $done_steps"; fi
  run_step "$n.forward" "$kind" || fail "$n"
  end "$n" 0
  if ! can_stop_halfway "$kind"; then done_steps="$n:$kind $done_steps"; fi
done < steps
begin verify
verify || fail verify
end verify 0
begin remember
remember || { forget; fail remember; }
end remember 0
say kept
`;
}

/** One commit of iptables-restore is made whole or not at all; other tools may stop half-way, and then their inverse is run too. */
const STEPS = `
write_sysctls() {
  while IFS=' ' read -r path value; do printf '%s\\n' "$value" > "/proc/sys/$path" || return 1; done < "$1"
}
can_stop_halfway() { case $1 in ipv4 | ipv6) return 1 ;; *) return 0 ;; esac; }
run_step() { case $2 in sysctl) write_sysctls "$1" ;; *) "run_$2" "$1" ;; esac; }
`;

const VERIFICATION = `
watched() {
  for family in ipv4 ipv6; do
    [ -f "watch.$family" ] || continue
    save_of "$family" > saved && awk -f watch.awk "watch.$family" saved | sort > "$1.$family" || return 1
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

/** Both files are written beside the old ones first, so that a full disk is met before either is replaced. */
const MEMORY = `
record=$state/declared/$(cat scope)
manifest=$state/manifest.json
on_disk() { sync "$1" 2> /dev/null || sync; }
stage() { mkdir -p "\${2%/*}" && cp "$1" "$2.new" && on_disk "$2.new"; }
put() { if [ -f "$1" ]; then mv -f "$2.new" "$2"; else rm -f "$2"; fi; }
remember() {
  [ ! -f "$record" ] || cp "$record" declared.before || return 1
  [ ! -f declared ] || stage declared "$record" || return 1
  [ ! -f manifest ] || stage manifest "$manifest" || return 1
  put declared "$record" && put manifest "$manifest" || return 1
  if [ -f manifest ]; then on_disk "$state/declared"; on_disk "$state"
  else rmdir "$state/declared" "$state" 2> /dev/null; fi
  return 0
}
forget() {
  rm -f "$record.new" "$manifest.new"
  if [ -f declared.before ]; then cp declared.before "$record"; else rm -f "$record"; fi
  rmdir "$state/declared" "$state"
} 2> /dev/null
`;

/**
 * Where somebody else changed what an inverse relies on, the inverse is adapted to what is there now. What would undo
 * stays in the folder if that fails too.
 */
const UNDOING = `
take_back() {
  case $2 in
    ipv4 | ipv6)
      run_step "$1.inverse" "$2" && return
      save_of "$2" > now && awk -f adapt.awk now "$1.inverse" > "$1.adapted" && restore "$2" "$1.adapted" ;;
    sysctl) run_step "$1.inverse" "$2" ;;
    *) "undo_$2" "$1.inverse" ;;
  esac
}
undo() {
  undone=0
  for step in $done_steps; do take_back "\${step%%:*}" "\${step#*:}" || undone=1; done
  [ "$undone" = 0 ] || return 1
  entries_are absent present || return 1
  watched found && compare before || echo 'others changed this meanwhile'
  return 0
}
fail() {
  end "$1" 1
  say "failed $1"
  begin undo
  if undo; then end undo 0; say undone
  else end undo 1; say undo-failed; trap 'rm -f "$run/owner"' EXIT; fi
  exit 1
}
`;
