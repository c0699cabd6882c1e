// Shell functions by which a host remembers: each confirmed transaction is a folder of its own, and one link says which is current. session.ts uses them.

/** How many confirmed states a host keeps, the current one among them. */
const KEPT_GENERATIONS = 5;

/**
 * `stage` writes the whole next generation and makes it durable before the first change, so that a full disk is met before anything
 * is done; `commit` is one rename, which a power cut leaves done or not done. `switch` names both generations, `-` for none.
 * Folders above the current one are what an apply that was never confirmed left.
 */
export const GENERATIONS = `
generations=$state/generations
on_disk() { sync "$@" 2> /dev/null || sync; }
current_generation() {
  before=-
  if [ -L "$state/current" ]; then before=$(readlink "$state/current"); before=\${before##*/}; fi
}
stage() {
  current_generation
  next=-
  if [ -f manifest ]; then
    [ "$before" = - ] && next=1 || next=$((before + 1))
  fi
  echo "$before $next" > switch
  [ "$next" = - ] || make_generation "$generations/$next"
}
make_generation() {
  rm -rf "$1" "$state/current.new"
  mkdir -p "$1/declared" || return 1
  if [ "$before" != - ]; then cp -R "$generations/$before/declared/." "$1/declared/" || return 1; fi
  read -r scope < scope
  rm -f "$1/declared/$scope"
  [ ! -f declared ] || cp declared "$1/declared/$scope" || return 1
  cp manifest "$1/manifest.json" && ln -s "generations/$next" "$state/current.new" || return 1
  on_disk "$1"/* "$1"/*/* "$1" "$generations" "$state"
}
unstage() {
  [ -f switch ] && read -r before next < switch || return 0
  if [ "$next" != - ]; then rm -rf "$generations/$next" "$state/current.new"; fi
  rmdir "$generations" "$state"
} 2> /dev/null
commit() {
  if [ "$next" = - ]; then rm -f "$state/current"; else mv -T "$state/current.new" "$state/current"; fi || return 1
  [ ! -d "$state" ] || on_disk "$state"
  forget_generations
  return 0
}
is_committed() {
  read -r before next < switch
  if [ "$next" = - ]; then [ "$before" != - ] && [ ! -L "$state/current" ]
  else [ "$(readlink "$state/current")" = "generations/$next" ]; fi
}
forget_generations() {
  if [ "$next" = - ]; then rm -rf "$generations"; rmdir "$state"; return; fi
  for folder in "$generations"/*; do
    [ "\${folder##*/}" -gt "$((next - ${KEPT_GENERATIONS}))" ] && [ "\${folder##*/}" -le "$next" ] || rm -rf "$folder"
  done
} 2> /dev/null
`;
