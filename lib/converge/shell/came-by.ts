// The part of a reading that tells by which connection we came to the host, as the host sees it. Used by reading.ts.

/**
 * `ssh CLIENT PORT SERVER PORT` from SSH_CONNECTION, which sudo drops: then a parent still has it in its environment. Behind it
 * `device NAME` for each network device, and what ip(8) says of the way back and of the host's addresses, a line each. Nothing
 * where none of the parents knows. One start of ip for both, and none for a connection of the host with itself.
 */
export const CAME_BY = String.raw`
ssh_connection() {
  connection=${'$'}{SSH_CONNECTION:-}
  pid=$PPID
  while [ -z "$connection" ] && [ "${'$'}{pid:-0}" -gt 1 ] && [ -r "/proc/$pid/environ" ]; do
    environment="
$(tr '\0' '\n' < "/proc/$pid/environ")"
    case $environment in
      *"
SSH_CONNECTION="*)
        connection=${'$'}{environment#*"
SSH_CONNECTION="}
        connection=${'$'}{connection%%"
"*} ;;
    esac
    pid=$(parent_of "$pid")
  done
}
parent_of() {
  while read -r key value; do
    case $key in PPid:) echo "$value"; return ;; esac
  done < "/proc/$1/status"
}
devices() {
  while read -r name rest; do
    case $name in *:*) echo "device ${'$'}{name%%:*}" ;; esac
  done < /proc/net/dev
}
way_back() {
  set -f; set -- $1; set +f
  case $1$3 in *[!0-9A-Fa-f.:%a-z]*) return ;; esac
  [ "$1" != "$3" ] || return
  printf 'route get %s from %s\naddr show\n' "${'$'}{1%%%*}" "${'$'}{3%%%*}" | ip -o -force -batch - 2> /dev/null
}
read_came_by() {
  begin came-by
  ssh_connection 2> /dev/null
  if [ -n "$connection" ]; then
    printf 'ssh %s\n' "$connection"
    devices
    way_back "$connection"
  fi
  end came-by 0
}
`;
