// The loader that a boot runs on a host, and what a transaction's session does for boots: units, a dry load, and what is to be read of them.
import { BOOT_DRY_SHELL, DRY_STAGE } from './boot-dry';
import { BOOT_KEPT_SHELL } from './boot-kept';
import { BOOT_NETWORK_SHELL } from './boot-network';
import { BOOT_RULES_SHELL } from './boot-rules';
import { BOOT_SETS_SHELL } from './boot-sets';
import { BOOT_UNITS_SHELL } from './boot-units';
import { CLOCK } from './functions';
import { SUBSYSTEM_SHELL } from './subsystem-shell';

/** Holds what it loads against all that changes the host, as every program of ours does. An apply that is not confirmed is not loaded over. */
const HEAD = `# What Gatewright last confirmed on this host, brought back after a boot: sh load rules, then sh load network. Sets alone: sh load sets.
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH
umask 077
here=\${0%/*}
[ "$here" != "$0" ] || here=.
stage=$1
run=\${GATEWRIGHT_RUN:-/run/gatewright}
wait_seconds=\${GATEWRIGHT_WAIT:-15}
patience_seconds=\${GATEWRIGHT_LATE:-300}
waited=0
dry=
closed=
only=
failed=0
case $stage in sets | rules | network | late | dry) ;; *) echo "load: given '$stage'; it takes sets, rules, network or late" >&2; exit 64 ;; esac
mkdir -p "$run/boot" || exit 1
`;

const LOCKED = `
enter() {
  work=$(mktemp -d "$run/load-XXXXXX") || exit 1
  trap 'rm -rf "$work"' EXIT
  trap 'exit 67' HUP INT PIPE TERM
  exec 9>> "$run/lock"
  flock -x -w 120 9 || { echo "gatewright: the lock is held: $(cat "$run/owner" 2> /dev/null)"; exit 1; }
  [ ! -e "$run/armed" ] || { echo 'gatewright: an apply is not confirmed yet, so nothing is loaded over it'; exit 1; }
}
`;

/**
 * systemd takes firewalld for started as soon as it has its name on D-Bus; it flushes every table after that, and answers when it
 * is done. Whoever loads rules before would lose them (docs/lab-notes/0293-firewalld-flushes-late.md). 251: it runs, and not all of
 * its own configuration could be loaded.
 */
const FIREWALLD = `${CLOCK}await_firewalld() {
  command -v firewall-cmd > /dev/null || return 0
  now
  give_up=$((now + 60))
  while systemctl is-active --quiet firewalld; do
    timeout 20 firewall-cmd --quiet --state > /dev/null 2>&1
    case $? in 0 | 251) return ;; esac
    now
    [ "$now" -lt "$give_up" ] || { echo 'gatewright: firewalld does not answer; what it flushes later is gone until load rules runs again'; return; }
    sleep 1
  done
}
`;

/** What is wrong goes to the journal. `SCOPE.STAGE.left` is there as long as something of the scope that the stage loads is not loaded. */
const WORDS = `
complain() { failed=1; left=1; { printf 'gatewright: scope %s: %s: ' "$scope" "$1"; [ ! -s "$work/words" ] || cat "$work/words"; echo; } | sed '/^$/d'; : > "$work/words"; }
await_other() {
  left=1
  case $awaited in *"/$1/"*) return ;; esac
  awaited="$awaited/$1/"
  printf 'gatewright: scope %s: waits for %s\\n' "$scope" "$1"
}
each_scope() {
  for folder in "$here"/boot/*/; do
    [ -f "$folder/settings" ] || continue
    folder=\${folder%/}
    scope=\${folder##*/}
    [ -z "$only" ] || [ "$scope" = "$only" ] || continue
    persist=
    prefix=
    while read -r key value; do case $key in persist) persist=$value ;; prefix) prefix=$value ;; esac; done < "$folder/settings"
    "$1"
  done
}
scope_stage() {
  left=
  awaited=
  : > "$work/words"
  "\${stage}_stage"
  [ "$stage" = sets ] || mark_left "$stage"
}
mark_left() { if [ -n "$left" ]; then : > "$run/boot/$scope.$1.left"; else rm -f "$run/boot/$scope.$1.left"; fi; }
sets_stage() {
  load_modules
  load_sets
}
rules_stage() {
  load_modules
  load_sysctls
  load_sets
  load_rules ipv4
  load_rules ipv6
}
network_stage() {
  [ -n "$dry" ] || await_devices
  load_ip
  load_servers
  load_sysctls
  [ -f "$run/boot/$scope.rules.left" ] || return 0
  left_of_network=$left
  left=
  load_sets
  load_rules ipv4
  load_rules ipv6
  mark_left rules
  left=$left_of_network
}
load_modules() {
  [ -z "$dry" ] && [ -f "$folder/modules" ] || return 0
  while IFS= read -r module; do
    [ ! -d "/sys/module/$module" ] || continue
    case $module in dummy) without=numdummies=0 ;; *) without= ;; esac
    modprobe -q "$module" $without < /dev/null > /dev/null 2>&1
  done < "$folder/modules"
}
`;

/**
 * A sysctl that only a device brings is written when that is there. With fail-closed, forwarding is switched on when all else
 * is loaded, to what is declared, else to what the host itself had set; on a host that is up already nothing is switched off.
 */
const SYSCTLS = `
load_sysctls() {
  [ -f "$folder/sysctls" ] || return 0
  while IFS=' ' read -r path value; do
    if [ ! -e "/proc/sys/$path" ]; then absent_sysctl; continue; fi
    [ -z "$dry" ] || continue
    [ -z "$closed" ] || ! is_forwarding "$path" || continue
    { printf '%s\\n' "$value" > "/proc/sys/$path"; } 2> "$work/words" || complain "sysctl $path"
  done < "$folder/sysctls"
}
absent_sysctl() {
  [ "$stage" != rules ] || return 0
  if [ -n "$dry" ]; then echo "$path" >> "$run/sysctls.absent"; else complain "sysctl $path is not there"; fi
}
is_forwarding() { case $1 in net/ipv4/ip_forward | net/ipv[46]/conf/*/forwarding) return 0 ;; *) return 1 ;; esac; }
boot_id() { id=; [ ! -r /proc/sys/kernel/random/boot_id ] || read -r id < /proc/sys/kernel/random/boot_id; }
find_closed() { [ "$persist" != fail-closed ] || closed=1; }
is_open() {
  boot_id
  opened=
  [ ! -f "$run/boot/opened" ] || read -r opened < "$run/boot/opened"
  [ -n "$id" ] && [ "$id" = "$opened" ]
}
close_forwarding() {
  [ -f "$run/boot/forwarding" ] || for path in net/ipv4/conf/all/accept_redirects net/ipv4/ip_forward net/ipv6/conf/all/forwarding; do
    [ ! -e "/proc/sys/$path" ] || echo "$path $(cat "/proc/sys/$path")"
  done > "$run/boot/forwarding"
  for path in net/ipv4/ip_forward net/ipv6/conf/all/forwarding; do [ ! -e "/proc/sys/$path" ] || echo 0 > "/proc/sys/$path"; done
}
open_forwarding() {
  closed=
  redirects=
  while IFS=' ' read -r path value; do
    case $path in */accept_redirects) redirects=$value ;; *) echo "$value" > "/proc/sys/$path" ;; esac
  done < "$run/boot/forwarding"
  [ -z "$redirects" ] || echo "$redirects" > /proc/sys/net/ipv4/conf/all/accept_redirects
  each_scope load_sysctls
}
mark_open() { boot_id; echo "$id" > "$run/boot/opened"; }
`;

const MAIN = `
run_stage() {
  each_scope find_closed
  if is_open; then closed=; fi
  [ -z "$closed" ] || [ "$stage" = sets ] || close_forwarding
  each_scope scope_stage
  [ "$stage" = network ] || return
  if is_left; then
    [ -z "$closed" ] || { close_forwarding; echo 'gatewright: not all is loaded, so forwarding stays off (persist = fail-closed)'; }
  else
    [ -z "$closed" ] || { open_forwarding; mark_open; }
  fi
}
is_left() {
  for file in "$run"/boot/*.left; do [ ! -e "$file" ] || return 0; done
  return 1
}
late() {
  words=
  until ! is_left; do
    words=$(GATEWRIGHT_WAIT=0 sh "$0" network 2>&1 9>&-)
    is_left || break
    [ "$patience_seconds" -gt 0 ] || { printf '%s\\n' "$words"; exit 1; }
    sleep 3
    patience_seconds=$((patience_seconds - 3))
  done
}
main() {
  case $stage in
    late) late ;;
    dry) dry_stage "$2" ;;
    *) [ "$stage" != rules ] || await_firewalld; enter; run_stage; exit "$failed" ;;
  esac
}
main "$@"
`;

/** The plain program `load` of a generation: it loads the folders \`boot/SCOPE\` beside itself. */
export const LOADER = `${HEAD}${SUBSYSTEM_SHELL}${BOOT_SETS_SHELL}${BOOT_RULES_SHELL}${BOOT_NETWORK_SHELL}${LOCKED}${FIREWALLD}${WORDS}${SYSCTLS}${DRY_STAGE}${MAIN}`;

/**
 * For a transaction's session and for a reading: `dry_load FOLDER SCOPE`, `seal_boot FOLDER SCOPE PREVIOUS`, `settle_boot_units FOLDER`,
 * `undo_boot_units`, `boot_loaded FOLDER SCOPE`, `read_boot SCOPE`. They use `$work`, `$run`, `$state` and `on_disk`.
 */
export const BOOT_SHELL = `${BOOT_DRY_SHELL}${BOOT_UNITS_SHELL}${BOOT_KEPT_SHELL}`;
