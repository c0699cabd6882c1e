// Shell functions that every program on a host uses: markers, reading bulk by length, a private folder, the lock. Text of ours alone.

/** How long a program waits for the client's next bytes before it gives up, and its lock with it. */
const PATIENCE_SECONDS = 120;

/**
 * All output of ours stands between markers that carry a random word, so that a truncated answer, or text that looks
 * like a marker, is never taken for an answer. Bulk is asked for and read by length: a cut stream is noticed before
 * anything is done. Bulk must not be sent before it is asked for, since dash reads its own script in blocks; the length
 * is read byte by byte, since busybox's head reads ahead. `live_value` is a sysctl's value with one blank between its words; cat
 * reads it, since a shell reads byte by byte and the kernel gives a value at once or not at all. `event` tells whoever
 * follows the log that there is more of it; `ending` leaves in the file of the lock how its last holder's transaction ended.
 *
 * Root without CAP_NET_ADMIN (in a container) is refused: iptables-legacy-save then prints nothing and exits with 0, and ip shows
 * what may not be changed. Measured: docs/lab-notes/0280-readings-that-lie.md.
 */
export function shellFunctions(nonce: string): string {
  return `
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH
umask 077
state=/var/lib/gatewright
run=/run/gatewright
say() { printf '@@${nonce} %s\\n' "$*"; }
event() { echo "$1" >&6; } 2> /dev/null
ending() { read -r id < id; printf '%s %s\\n' "$id" "$1" > "$run/lock"; }
begin() { say "begin $1"; }
end() { printf '\\n'; say "end $1 $2"; }
refuse() { say "refuse $*"; exit 64; }
require_root() {
  [ "$(id -u)" = 0 ] || refuse not-root
  while read -r field value; do
    [ "$field" = CapEff: ] || continue
    case \${value%???} in *[13579bdf]) ;; *) refuse denied CAP_NET_ADMIN ;; esac
  done < /proc/self/status
}
require() { for tool in "$@"; do command -v "$tool" > /dev/null || refuse "tool-missing $tool"; done; }
take() {
  say "length $1"
  length=$(timeout ${PATIENCE_SECONDS} dd bs=1 count=${LENGTH_DIGITS} 2> /dev/null)
  case $length in '' | *[!0-9]*) exit 65 ;; esac
  [ "\${#length}" -eq ${LENGTH_DIGITS} ] || exit 65
  say "send $1"
  timeout ${PATIENCE_SECONDS} head -c "$length" > "$2" || exit 65
  [ "$(wc -c < "$2")" -eq "$length" ] || exit 65
}
live_value() { set -f; set -- $(cat "/proc/sys/$1"); set +f; value=$*; }
`;
}

/** A length travels as this many decimal digits, padded with zeros. */
export const LENGTH_DIGITS = 12;

/**
 * A private folder in memory for the time of the program: a plan leaves nothing in /etc and /var/lib. Where a signal
 * ends the program (dash dies of PIPE at its next echo to a closed channel) the folder goes too.
 */
export const WORK_FOLDER = `
mkdir -p "$run" && work=$(mktemp -d "$run/work-XXXXXX") || refuse "no-folder $run"
trap 'rm -rf "$work"' EXIT
trap 'exit 67' HUP INT PIPE TERM
`;

/**
 * The files of a bundle, by the index that names them with their lengths. One process for each file, since a fork may cost 30 ms
 * (User-Mode Linux): dd takes a regular file's bytes in one read and goes no further.
 */
export const UNPACKING = `
exec 7< "$work/bundle"
unpacked=0
while IFS=' ' read -r name length; do
  : > "$work/$name"
  [ "$length" -eq 0 ] || dd bs="$length" count=1 <&7 > "$work/$name" 2> /dev/null || exit 65
  unpacked=$((unpacked + length))
done < "$work/index"
exec 7<&-
[ "$(wc -c < "$work/bundle")" -eq "$unpacked" ] || exit 65
rm "$work/bundle"
`;

/** `now`: seconds since the host was switched on, by the kernel's clock, which nobody sets. */
export const CLOCK = `
now() { read -r now rest < /proc/uptime; now=\${now%%.*}; }
`;

/** By flock(1) on descriptor 9, which children inherit. */
export function lock(kind: 'shared' | 'exclusive', waitSeconds: number): string {
  const seconds = Math.trunc(waitSeconds);
  return `
exec 9>> "$run/lock" || refuse "no-folder $run"
flock ${kind === 'shared' ? '-s' : '-x'} -w ${seconds} 9 || refuse "locked $(cat "$run/owner" 2> /dev/null)"
`;
}

/** Who holds the exclusive lock and since when, for the message to those who wait in vain. came-by.ts finds where one comes from. */
export const OWNER = `
trap 'rm -rf "$work" "$run/owner"' EXIT
ssh_connection 2> /dev/null
printf 'since %s, by %s%s\\n' "$(date -u '+%Y-%m-%d %H:%M:%S UTC')" "\${SUDO_USER:-root}" \\
  "\${connection:+ from \${connection%% *}}" > "$run/owner"
`;
