// The program of a transaction's own session on the host: steps, verification, memory; all new or all old. programs.ts starts it.
import { commonFunctions } from './common';

/** Names of the files that the bundle holds beside `N.forward` and `N.inverse`. */
export const SESSION_FILES = {
  program: 'program',
  awk: 'watch.awk',
  /** Lines `N KIND`. */
  steps: 'steps',
  watch: 'watch',
  expected: 'expected',
  sysctls: 'sysctls',
  scope: 'scope',
  manifest: 'manifest',
  declared: 'declared',
} as const;

/**
 * It ignores HUP and PIPE, so a closed channel does not end it. Exit code 4 of iptables-restore means a lock or a
 * resource, but some wrong rules too: each try is atomic, and three are enough.
 */
export function sessionProgram(nonce: string): string {
  return `${commonFunctions(nonce)}
work=$1
cd "$work" || exit 66
trap '' HUP INT PIPE TERM
trap 'rm -rf "$work"; rm -f "$run/owner"' EXIT
restore() {
  for try in 1 2 3; do
    iptables-restore --noflush -w 10 < "$1"; code=$?
    [ "$code" -eq 4 ] || return "$code"
    sleep 1
  done
  return 4
}
write_sysctls() {
  while IFS=' ' read -r path value; do printf '%s\\n' "$value" > "/proc/sys/$path" || return 1; done < "$1"
}
run_step() { case $2 in ipv4) restore "$1" ;; sysctl) write_sysctls "$1" ;; *) return 70 ;; esac; }
verify() {
  iptables-save > saved || return 1
  awk -f watch.awk watch saved | sort > found
  while IFS=' ' read -r path value; do
    live=$(normalised < "/proc/sys/$path")
    [ "$live" = "$value" ] || { echo "$path is $live, not $value"; return 1; }
  done < sysctls
  cmp -s expected found && return 0
  awk 'NR == FNR { there[$0]; next } !($0 in there) { print "missing: " $0 }' found expected
  awk 'NR == FNR { there[$0]; next } !($0 in there) { print "not expected: " $0 }' expected found
  return 1
}
put() {
  folder=$(dirname "$2")
  mkdir -p "$folder" && dd if="$1" of="$2.new" conv=fsync 2> /dev/null && mv -f "$2.new" "$2" || return 1
  sync "$folder" 2> /dev/null || sync
}
remember() {
  scope=$(cat scope)
  if [ -f declared ]; then put declared "$state/declared/$scope" || return 1; fi
  if [ -f manifest ]; then put manifest "$state/manifest.json" || return 1
  else rm -f "$state/manifest.json" || return 1; fi
  [ -f declared ] || rm -f "$state/declared/$scope"
  [ -f manifest ] || rmdir "$state/declared" "$state" 2> /dev/null
  return 0
}
undo() {
  failed=0
  for n in $done_steps; do run_step "$n.inverse" "$(awk -v n="$n" '$1 == n { print $2 }' steps)" || failed=1; done
  if [ "$failed" = 0 ]; then say undone; else say undo-failed; trap '' EXIT; fi
  exit 1
}
fail() { end "$1" 1; say "failed $1"; undo; }
done_steps=
while IFS=' ' read -r n kind; do
  begin "$n"
  run_step "$n.forward" "$kind" || fail "$n"
  end "$n" 0
  done_steps="$n $done_steps"
done < steps
begin verify
verify || fail verify
end verify 0
begin remember
remember || fail remember
end remember 0
say kept
`;
}

/**
 * Prints of iptables-save what `watch` names, as `TABLE CHAIN NNNNNN REST`: chains and rules of ours, counted from 1 in
 * each chain, rules with our mark in other chains, and policies. mawk's printf is short of room, so long text is printed plainly.
 */
export const WATCH_AWK = `
NR == FNR {
  if ($1 == "mark") { quoted = "--comment \\"" $2 "\\" "; bare = "--comment " $2 " " }
  else watched[$1 " " $2 " " $3] = 1
  next
}
/^\\*/ { table = substr($0, 2); next }
/^:/ {
  at = table " " substr($1, 2)
  if (("own " at) in watched) print at " 000000 :"
  if (("policy " at) in watched) print at " policy " $2
  next
}
/^-A / {
  at = table " " $2
  line = $0 " "
  if (!(("own " at) in watched) && !index(line, quoted) && !index(line, bare)) next
  count[at]++
  rest = substr($0, 5 + length($2))
  text = at " " sprintf("%06d", count[at]) " " rest
  sub(/ +$/, "", text)
  print text
}
`;
