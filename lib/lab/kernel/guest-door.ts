// The program by which the lab comes into a kernel host: runs programs for `exec`, and starts SSH servers. Used by kernel-seed.ts.

/** Beside 22, which leads to an SSH server, the door runs programs on this port. */
export const EXEC_PORT = 1;

/**
 * Perl, because every Debian has it. Arguments: the device of the management link, the host's address on it, the lab's.
 *
 * The link and the two listening sockets are in a network namespace of their own: the host's links, addresses, routes and rules
 * know nothing of them, and nothing that is done to those cuts the lab off. Sockets keep their namespace, so the door
 * itself, and all that it starts, is in the host's network.
 *
 * On the first port, a client sends the length of the program's words, these joined by zero bytes, and then its input in
 * pieces, each after its length; a piece of length 0 ends it. Back come pieces with a letter before their length: `o` and
 * `e` for what the program printed, and `x` with its wait status at last. A client that goes takes the program with it.
 */
export const DOOR_PROGRAM = String.raw`
use strict;
use warnings;
use Fcntl;
use IO::Select;
use POSIX ();
use Socket;

my ($device, $own, $peer, @listening) = @ARGV;
@listening ? serve(@listening) : open_door();

sub open_door {
  must('nsenter', '--net=/proc/1/ns/net', 'ip', 'link', 'set', $device, 'netns', $$);
  must('ip', 'addr', 'add', $own, 'peer', $peer, 'dev', $device);
  must('ip', 'link', 'set', $device, 'up');
  my @sockets = map { listener($_) } 1, 22;
  exec 'nsenter', '--net=/proc/1/ns/net', 'perl', $0, $device, $own, $peer, map { fileno $_ } @sockets;
}

sub must { system(@_) == 0 or die "@_ failed\n"; }

sub listener {
  my ($port) = @_;
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
  setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
  bind($socket, sockaddr_in($port, INADDR_ANY)) or die "bind: $!";
  listen($socket, 128) or die "listen: $!";
  fcntl($socket, F_SETFD, 0); # it is handed on
  return $socket;
}

sub serve {
  my ($exec, $ssh) = map { open(my $socket, '+<&=', $_) or die "socket $_: $!"; $socket } @_;
  fcntl($_, F_SETFD, FD_CLOEXEC) for $exec, $ssh;
  $SIG{CHLD} = 'IGNORE';
  $SIG{PIPE} = 'IGNORE';
  my $select = IO::Select->new($exec, $ssh);
  while (1) {
    for my $ready ($select->can_read) {
      accept(my $client, $ready) or next;
      if (!(fork // die "fork: $!")) {
        $SIG{CHLD} = $SIG{PIPE} = 'DEFAULT';
        $ready == $ssh ? run_ssh($client) : run_program($client);
        POSIX::_exit(0);
      }
      close $client;
    }
  }
}

sub run_ssh {
  my ($client) = @_;
  POSIX::dup2(fileno $client, $_) for 0, 1;
  exec '/usr/sbin/sshd', '-i';
}

sub run_program {
  my ($client) = @_;
  $SIG{PIPE} = 'IGNORE';
  my $length = read_exactly($client, 4) // return;
  my $joined = read_exactly($client, unpack 'N', $length) // return;
  my @words = split /\0/, $joined, -1;
  pipe(my $in_r, my $in_w) and pipe(my $out_r, my $out_w) and pipe(my $err_r, my $err_w) or return;
  my $pid = fork // return;
  become($in_r, $out_w, $err_w, @words) if $pid == 0;
  close $_ for $in_r, $out_w, $err_w;
  fcntl($in_w, F_SETFL, O_WRONLY | O_NONBLOCK);
  pass_on($client, $in_w, { o => $out_r, e => $err_r }, $pid);
  waitpid $pid, 0;
  send_piece($client, 'x', pack 'N', $?);
}

sub become {
  my ($in, $out, $err, @words) = @_;
  POSIX::setsid();
  POSIX::dup2(fileno $in, 0);
  POSIX::dup2(fileno $out, 1);
  POSIX::dup2(fileno $err, 2);
  $SIG{PIPE} = 'DEFAULT';
  chdir '/root';
  %ENV = (
    PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME => '/root',
    USER => 'root', LOGNAME => 'root', SHELL => '/bin/sh', LANG => 'C.UTF-8',
  );
  { no warnings; exec { $words[0] } @words; }
  my ($code, $why) = ($!{ENOENT} ? 127 : 126, "$!");
  syswrite STDERR, "$words[0]: $why\n";
  POSIX::_exit($code);
}

sub pass_on {
  my ($client, $in, $outputs, $pid) = @_;
  my ($arrived, $pending, $is_last) = ('', '', 0);
  while (%$outputs) {
    my $reads = IO::Select->new(values %$outputs);
    $reads->add($client) if length $pending < 65536;
    my $writes = IO::Select->new;
    $writes->add($in) if $in and length $pending;
    my ($readable) = IO::Select->select($reads, $writes, undef);
    my %is_readable = map { fileno $_ => 1 } @{ $readable // [] };
    for my $letter (sort keys %$outputs) {
      next if !$is_readable{ fileno $outputs->{$letter} };
      my $count = sysread $outputs->{$letter}, my $piece, 65536;
      if ($count) { send_piece($client, $letter, $piece) or return kill 'KILL', -$pid; }
      else { close delete $outputs->{$letter}; }
    }
    if ($is_readable{ fileno $client }) {
      sysread($client, $arrived, 65536, length $arrived) or return kill 'KILL', -$pid;
      while (length $arrived >= 4 and length $arrived >= 4 + unpack 'N', $arrived) {
        my $length = unpack 'N', substr $arrived, 0, 4, '';
        $is_last = 1 if $length == 0;
        $pending .= substr $arrived, 0, $length, '';
      }
    }
    if ($in and length $pending) {
      my $count = syswrite $in, $pending;
      if (defined $count) { substr $pending, 0, $count, ''; }
      elsif (!$!{EAGAIN}) { close $in; $in = undef; }
    }
    $pending = '' if !$in;
    if ($in and $is_last and !length $pending) { close $in; $in = undef; }
  }
}

sub send_piece {
  my ($client, $letter, $piece) = @_;
  my $bytes = $letter . pack('N', length $piece) . $piece;
  while (length $bytes) {
    my $count = syswrite($client, $bytes) // return 0;
    substr $bytes, 0, $count, '';
  }
  return 1;
}

sub read_exactly {
  my ($client, $length) = @_;
  my $bytes = '';
  while (length $bytes < $length) {
    sysread($client, $bytes, $length - length $bytes, length $bytes) or return;
  }
  return $bytes;
}
`;
