// Shell functions of the guard, the dead man's switch of a transaction: whoever survives takes back what was not confirmed. session.ts uses them.

/** `lives FILE`: the process that the file names, by pid and start time, is still the same and no zombie. */
export const LIVES = `
start_of() {
  read -r stat < "/proc/$1/stat" || return 1
  set -- \${stat##*) }
  [ "$1" != Z ] || return 1
  shift 19
  start=$1
} 2> /dev/null
lives() { read -r pid known < "$1" && start_of "$pid" && [ "$start" = "$known" ]; } 2> /dev/null
`;

/**
 * Armed means that the link `armed` leads to a transaction's folder, which holds all that takes it back. Three can pull it: systemd's
 * timer at the deadline; a watcher, at the deadline or as soon as the transaction's own process is gone; and whoever gets the
 * lock next (RECOVERY). `process` names who is guarded, by pid and start time, and is gone when the guard is disarmed.
 */
export const GUARD = `${LIVES}
arm() {
  read -r id < id
  start_of $$ && echo "$$ $start" > process && ln -s "$work" "$run/armed" || return 1
  setsid sh "$work/program" "$work" watch < /dev/null > /dev/null 2>&1 6>&- 9>&- &
  start_of $! && echo "$! $start" > watcher
  if [ -d /run/systemd/system ]; then
    read -r seconds < guard-seconds
    systemd-run --quiet --collect --unit="gatewright-guard-$id" --on-active="$seconds" \\
      --timer-property=AccuracySec=100ms /bin/sh "$work/program" "$work" roll-back 6>&- 9>&- && : > timer
  fi
  return 0
}
disarm() {
  [ -f process ] || return 0
  rm -f process "$run/armed"
  if [ -f timer ]; then read -r id < id; systemctl stop "gatewright-guard-$id.timer"; fi
  if lives watcher && [ "$pid" != $$ ]; then kill -9 "-$pid"; fi
} 2> /dev/null
watch() {
  read -r left < guard-seconds
  while [ -f process ]; do
    if [ "$left" -le 0 ] || ! lives process; then roll_back; exit; fi
    left=$((left - 1))
    sleep 1
  done
}
roll_back() {
  [ -f process ] || exit 0
  if lives process; then kill -9 "-$pid"; fi
  if [ "$1" != locked ]; then exec 9>> "$run/lock"; flock -x 9 || exit 1; fi
  [ -f process ] || exit 0
  is_unsure=yes
  if is_committed; then ended=kept
  elif undo > undo.log 2>&1; then unstage; ended=undone
  else ended=undo-failed; fi
  ending "$ended"
  disarm
  rm -f "$run/owner"
  [ "$ended" = undo-failed ] && return
  delete_stale "$ended" > /dev/null 2>&1
  rm -rf "$work"
}
`;

/**
 * For whoever has the lock: a guard that is armed then has lost its transaction, which would hold the lock. A shared lock is
 * made an exclusive one first.
 */
export const RECOVERY = `
recover() {
  [ -L "$run/armed" ] || return 0
  flock -x -w 600 9 || refuse "locked $(cat "$run/owner" 2> /dev/null)"
  [ -L "$run/armed" ] || return 0
  folder=$(readlink "$run/armed")
  if [ -f "$folder/program" ]; then sh "$folder/program" "$folder" roll-back locked > /dev/null 2>&1 < /dev/null; fi
  rm -f "$run/armed"
  read -r id ended < "$run/lock"
  if [ "$ended" = undo-failed ]; then refuse "not-undone $folder"; fi
  say recovered
}
`;
