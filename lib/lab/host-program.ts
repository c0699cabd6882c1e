// What the first process of a host runs: it gives the host a file system of its own, then stays. Used by start-host.ts.

/**
 * Arguments: the lab's store, the host's name, its seed folder, `nft`, `legacy` or `-`; the machine's other file systems;
 * `--`; the programs to hide. Says `pid N` and `ready` on descriptor 3. No argument is ever evaluated as shell text.
 *
 * The root is an overlay over the machine's, so the machine's programs are there and nothing written reaches the machine.
 * The network's settings are made before the pid is said, since cables and the lab file's sysctls come right after it.
 * Of /proc/sys only `net` is the host's own, so the rest of it is read-only, as are /sys and the machine-wide triggers.
 */
export const HOST_PROGRAM = `
set -eu
store=$1 name=$2 seed=$3 backend=$4
shift 4
umask 022
# A new network namespace has the machine's values here, so that a host on one machine would differ from that on another.
# These are the kernel's, but for redirects: one would lead packets past the host that is to translate them.
for scope in all default; do
  for setting in forwarding=0 rp_filter=0 accept_redirects=0 send_redirects=1 accept_local=0 route_localnet=0 \\
    arp_ignore=0 arp_announce=0 arp_filter=0 proxy_arp=0 src_valid_mark=0 log_martians=0; do
    echo "\${setting#*=}" >"/proc/sys/net/ipv4/conf/$scope/\${setting%=*}"
  done
done
# Of IPv6 likewise; and duplicate address detection would keep a new address unusable for a second.
if [ -e /proc/sys/net/ipv6/conf/default/accept_dad ]; then
  echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
  echo 0 >/proc/sys/net/ipv6/conf/default/accept_redirects
fi
read -r pid rest </proc/self/stat
echo "pid $pid" >&3

layer() { # the machine's folder, where it goes, a number
  mkdir "$name/upper$3" "$name/work$3"
  mount -t overlay lab -o "lowerdir=$1,upperdir=$name/upper$3,workdir=$name/work$3" "$2"
}
cd "$store"
mkdir -p "$name/root"
layer / "$name/root" 0
number=0
while [ "$1" != -- ]; do
  number=$((number + 1))
  layer "$1" "$name/root$1" "$number" || mount -o bind,ro "$1" "$name/root$1"
  shift
done
shift

cd "$name/root"
mkdir .machine
pivot_root . .machine
cd /

own() { # a folder, its mode: from now on it is the host's own, empty and in memory
  if [ -d "$1" ]; then mount -t tmpfs -o "mode=$2" lab "$1"; fi
}
own /root 0700
own /home 0755
own /run 0755
own /tmp 1777
own /var/tmp 1777
cp -r /etc/skel/. /root/

own /dev 0755
mkdir /dev/pts /dev/shm /dev/net
own /dev/shm 1777
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 lab /dev/pts
for device in null zero full random urandom tty net/tun; do
  if [ -e "/.machine/dev/$device" ]; then
    : >"/dev/$device"
    mount --bind "/.machine/dev/$device" "/dev/$device"
  fi
done
ln -s pts/ptmx /dev/ptmx
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr

mount -t proc -o nosuid,nodev,noexec lab /proc
mount -t sysfs -o ro,nosuid,nodev,noexec lab /sys
printf %s "$name" >/proc/sys/kernel/hostname
for path in /proc/sys /proc/sysrq-trigger /proc/irq /proc/bus; do
  if [ -e "$path" ]; then
    mount --bind "$path" "$path"
    mount -o remount,bind,ro "$path"
  fi
done
mount --bind /proc/sys/net /proc/sys/net
mount -o remount,bind,rw /proc/sys/net

rm -rf /etc/ssh
mkdir -p /etc/ssh/authorized_keys
cp -r "/.machine$seed/." /
umount -l /.machine
rmdir /.machine

if [ "$backend" != - ]; then
  for family in iptables ip6tables; do
    update-alternatives --quiet --set "$family" "/usr/sbin/$family-$backend"
  done
fi
for program; do
  for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
    rm -f "$folder/$program" "$folder/$program"-*
  done
done

if [ -e /etc/ssh/sshd_config ]; then
  mkdir /run/sshd
  sshd=$(command -v sshd)
  # Newer releases shut out an address that failed to log in; here all logins may come from one address.
  if "$sshd" -t -o PerSourcePenalties=no 2>/dev/null; then
    "$sshd" -E /var/log/sshd.log -o PerSourcePenalties=no 3>&-
  else
    "$sshd" -E /var/log/sshd.log 3>&-
  fi
fi
echo ready >&3
exec 3>&-
exec sh -c 'while :; do sleep 2147483647 & wait "$!"; done' init
`;
