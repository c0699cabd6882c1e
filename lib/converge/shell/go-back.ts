// The plain sh program `go-back` of a generation: lists what a host has kept, and makes one of those states again, guarded, without anything but the host. Put there by bundle.ts.
import { shellFunctions } from './functions';
import { GENERATIONS } from './generations';
import { RECOVERY } from './guard';

/** For somebody who has to find the terminal of a new login. */
const CONFIRM_SECONDS = 60;
const GUARD_SECONDS = 600;

/**
 * Each generation holds in `back` the steps that made it and their inverses. From the current one to another it is the steps of all
 * that lie between, in order or in reverse: a transaction like any other, run by the same program, with the same guard.
 */
export const GO_BACK = `#!/bin/sh
# Lists the states that Gatewright keeps on this host, and goes to one of them.
go_back() {
${shellFunctions('go-back')}${GENERATIONS}${RECOVERY}
say() { :; }
refuse() { printf 'go-back: %s\\n' "$*" >&2; exit 64; }
usage() {
  cat <<'EOT'
usage: sh /var/lib/gatewright/current/go-back [WHAT]
  (nothing)   list the kept states; * marks the current one
  show N      the changes that made state N
  N           make state N again. It is taken back after ${CONFIRM_SECONDS} s unless you log in anew and say:
  confirm     keep it: the new login has worked
EOT
}
list() {
  current_generation
  for folder in "$generations"/*; do [ ! -d "$folder" ] || echo "\${folder##*/}"; done | sort -n | while read -r number; do
    mark=' '
    [ "$number" != "$before" ] || mark='*'
    printf '%s %4s  %s\\n' "$mark" "$number" "$(cat "$generations/$number/made")"
  done
}
# From here on, steps of the new transaction: number, kind, what is run, what takes it back.
add() {
  amount=$((amount + 1))
  echo "$amount $1" >> "$work/steps"
  cp "$2" "$work/$amount.forward" && cp "$3" "$work/$amount.inverse" || refuse "cannot read $2"
  [ "$1" != sysctl ] || cat "$2" >> "$work/sysctls"
}
add_backward() {
  reversed=
  while read -r n kind; do reversed="$n:$kind $reversed"; done < "$1/steps"
  for step in $reversed; do add "\${step#*:}" "$1/\${step%%:*}.inverse" "$1/\${step%%:*}.forward"; done
}
add_forward() { while read -r n kind; do add "$kind" "$1/$n.forward" "$1/$n.inverse"; done < "$1/steps"; }
gather() {
  amount=0
  : > "$work/steps"
  : > "$work/sysctls"
  at=$before
  while [ "$at" -gt "$1" ]; do
    last=$generations/$at/back
    [ -f "$last/steps" ] || refuse "state $at has lost how it was made"
    add_backward "$last"
    at=$((at - 1))
  done
  while [ "$at" -lt "$1" ]; do
    at=$((at + 1))
    last=$generations/$at/back
    [ -f "$last/steps" ] || refuse "state $at is not there"
    add_forward "$last"
  done
  # Of several values of one key the last counts.
  awk '{ last[$1] = $0 } END { for (path in last) print last[path] }' "$work/sysctls" > "$work/last" && mv "$work/last" "$work/sysctls"
  if [ "$before" -gt "$1" ]; then seen=before there=absent gone=present; else seen=expected there=present gone=absent; fi
  for family in ipv4 ipv6; do
    [ -f "$last/watch.$family" ] || continue
    cp "$last/watch.$family" "$work/" && cp "$last/$seen.$family" "$work/expected.$family" || refuse "cannot read $last"
  done
  cp "$last/$there" "$work/present" && cp "$last/$gone" "$work/absent" &&
    cp "$last/program" "$last/scope" "$last/subsystems" "$last/watch.awk" "$last/adapt.awk" "$work/" || refuse "cannot read $last"
}
go_to() {
  case $1 in *[!0-9]*) usage >&2; exit 64 ;; esac
  [ -d "$generations/$1" ] || refuse "no state $1 is kept; without a word after it, go-back lists them"
  mkdir -p "$run" && exec 9>> "$run/lock" && flock -x -w 30 9 || refuse "another apply holds the lock: $(cat "$run/owner" 2> /dev/null)"
  recover
  current_generation
  [ "$before" != "$1" ] || refuse "state $1 is the current one"
  work=$(mktemp -d "$run/work-XXXXXX") || refuse "no file can be made in $run"
  trap 'rm -rf "$work"' EXIT
  gather "$1"
  read -r id < /proc/sys/kernel/random/uuid
  read -r secret < /proc/sys/kernel/random/uuid
  echo "$id" > "$work/id"
  echo "$secret" > "$work/secret"
  echo ${CONFIRM_SECONDS} > "$work/confirm-seconds"
  echo ${GUARD_SECONDS} > "$work/guard-seconds"
  echo "$1" > "$work/goes-to"
  printf 'since %s, by go-back %s\\n' "$(date -u '+%Y-%m-%d %H:%M:%S UTC')" "$1" > "$run/owner"
  trap - EXIT
  mkfifo "$work/events" && exec 6<> "$work/events" && exec 5< "$work/events" || exit 1
  : > "$work/log" && exec 8< "$work/log"
  setsid sh "$work/program" "$work" apply < /dev/null > "$work/log" 2>&1 5<&- 8<&- &
  exec 6>&- 9>&-
  while IFS= read -r event <&5; do
    case $event in
      armed) echo "going from state $before to state $1" ;;
      verified) echo "state $1 is there. Log in anew within ${CONFIRM_SECONDS} s and say: sh $state/current/go-back confirm" ;;
    esac
  done
  wait $!
  code=$?
  if [ "$code" = 0 ]; then echo "kept: state $1 is the current one"
  else grep -v '^@@' <&8; echo "not kept: state $before is there again" >&2; fi
  exit "$code"
}
confirm() {
  [ -p "$run/armed/confirmation" ] || refuse 'nothing waits for a confirmation'
  timeout 10 sh -c 'cat "$1" > "$2"' confirm "$run/armed/secret" "$run/armed/confirmation" || refuse 'it was not heard'
  echo confirmed
}
[ "$(id -u)" = 0 ] || refuse 'only root may'
case $1 in
  '' | list) list ;;
  show) cat "$generations/$2/summary" || exit 64 ;;
  confirm) confirm ;;
  -h | --help | help) usage ;;
  *) go_to "$1" ;;
esac
}
go_back "$@"
`;
