// The program that Terraform starts: a few lines of `sh`, which run the provider or join the one that runs already. Written by provider.ts.
import { LAUNCHES_FILE, RUN_PREFIX, STAYER_FILE } from './run-folder';

/** Beside the launcher: loads the bundle. */
export const START_FILE = 'start.js';
/** Followed by the folder of the run (run-folder.ts) and the process of the launch. */
export const STAY_OPTION = '--stay';

/**
 * One command of Terraform launches its provider up to four times. Where it can be told which Terraform that is, the first launch
 * leaves a provider behind that the later ones join (provider/stay.ts), and what Terraform started only hands on what is
 * printed. In every other case, and with GATEWRIGHT_STAY=no, each launch is a provider of its own.
 *
 * `exec`, so that Terraform's signals reach node itself. glibc gives memory of messages of many megabytes back when they are done
 * with, instead of keeping ever larger ones for the next. Ctrl-C is for Terraform to heed.
 */
export const LAUNCHER = `#!/bin/sh
export MALLOC_ARENA_MAX=\${MALLOC_ARENA_MAX:-2} MALLOC_MMAP_THRESHOLD_=\${MALLOC_MMAP_THRESHOLD_:-262144}
start=\${0%/*}/${START_FILE}
alone() { exec node "$start"; }
[ $# -eq 0 ] || exec node "$start" "$@"
[ "\${GATEWRIGHT_STAY-}" != no ] && [ -n "\${PLUGIN_CLIENT_CERT-}" ] && [ -r "/proc/$PPID/stat" ] || alone
read -r stat <"/proc/$PPID/stat" || alone
case $stat in "$PPID (terraform"*|"$PPID (tofu"*) ;; *) alone ;; esac
set -f
set -- \${stat##*) }
run=\${TMPDIR:-/tmp}/${RUN_PREFIX}$PPID-\${20}
if mkdir -m 700 "$run" 2>/dev/null; then
  made=$run
  mkfifo -m 600 "$run/${LAUNCHES_FILE}" "$run/$$" || { rm -rf "$made"; alone; }
  trap '' INT HUP
  node "$start" ${STAY_OPTION} "$run" "$$" </dev/null >"$run/$$" 2>&1 &
else
  made=
  [ -O "$run" ] && [ ! -L "$run" ] && [ -s "$run/${STAYER_FILE}" ] || alone
  read -r stayer <"$run/${STAYER_FILE}" && kill -0 "$stayer" 2>/dev/null || alone
  mkfifo -m 600 "$run/$$" || alone
  trap '' INT HUP
  printf '%s\\n%s\\n' "$$" "$PLUGIN_CLIENT_CERT" >"$run/${LAUNCHES_FILE}"
fi
exec <"$run/$$"
while read -r line; do
  case $line in '1|'*) printf '%s\\n' "$line"; exec cat >&2 ;; esac
  printf '%s\\n' "$line" >&2
done
[ -z "$made" ] || rm -rf "$made"
exit 1
`;
