// The program by which the lab comes into a kernel host: runs programs for `exec`, and starts SSH servers. Used by kernel-seed.ts.

/** Beside 22, which leads to an SSH server, the door runs programs on this port. */
export const EXEC_PORT = 1;

/**
 * Perl, because every Debian has it. Arguments: the device of the management link, the host's address on it, the lab's.
 *
 * The link and the two listening sockets are in a network namespace of their own: the host's links, addresses, routes and rules
 * know nothing of them, and nothing that is done to those cuts the lab off. Sockets keep their namespace, so the door
 * goes back, and all that it starts is in the host's network. Each program that a boot starts counts: hence one process, and few
 * modules of Perl.
 *
 * On the first port, a client sends the length of the program's words, these joined by zero bytes, and then its input in
 * pieces, each after its length; a piece of length 0 ends it. Back come pieces with a letter before their length: `o` and
 * `e` for what the program printed, and `x` with its wait status at last. A client that goes takes the program with it.
 */
export const DOOR_PROGRAM = String.raw`
use strict;
use warnings;
use Fcntl;
use Socket;

# By number, on x86-64, the only machine that this kernel is for: unshare(CLONE_NEWNET) and setns.
my ($UNSHARE, $NEW_NETWORK, $SETNS) = (272, 0x40000000, 308);

my ($device, $own, $peer) = @ARGV;
serve(open_door());

sub open_door {
  open my $home, '<', '/proc/self/ns/net' or die "network namespace: $!";
  syscall($UNSHARE, $NEW_NETWORK) == 0 or die "unshare: $!";
  open my $lobby, '<', '/proc/self/ns/net' or die "network namespace: $!";
  enter($home);
  must('ip', 'link', 'set', $device, 'netns', "/proc/$$/fd/" . fileno $lobby);
  enter($lobby);
  open my $batch, '|-', 'ip', '-batch', '-' or die "ip: $!";
  print $batch "addr add $own peer $peer dev $device\nlink set $device up\n";
  close $batch or die "ip failed\n";
  my @sockets = map { listener($_) } 1, 22;
  enter($home);
  return @sockets;
}

sub enter { syscall($SETNS, fileno $_[0], 0) == 0 or die "setns: $!"; }

sub must { system(@_) == 0 or die "@_ failed\n"; }

sub listener {
  my ($port) = @_;
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
  setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
  bind($socket, sockaddr_in($port, INADDR_ANY)) or die "bind: $!";
  listen($socket, 128) or die "listen: $!";
  return $socket;
}

sub serve {
  my ($exec, $ssh) = @_;
  $SIG{CHLD} = $SIG{PIPE} = 'IGNORE';
  while (1) {
    for my $ready (ready([$exec, $ssh])) {
      accept(my $client, $ready) or next;
      if (!(fork // die "fork: $!")) {
        $SIG{CHLD} = $SIG{PIPE} = 'DEFAULT';
        $ready == $ssh ? run_ssh($client) : run_program($client);
        exit;
      }
      close $client;
    }
  }
}

sub ready { # those of the first that can be read and of the second that can be written, when there is one
  my ($reads, $writes) = @_;
  my @bits = map { my $bits = ''; vec($bits, fileno $_, 1) = 1 for @$_; $bits } $reads, $writes // [];
  return if select($bits[0], $bits[1], undef, undef) <= 0;
  return ((grep { vec $bits[0], fileno $_, 1 } @$reads), (grep { vec $bits[1], fileno $_, 1 } @{ $writes // [] }));
}

sub run_ssh {
  my ($client) = @_;
  open STDIN, '<&', $client;
  open STDOUT, '>&', $client;
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
  setpgrp;
  open STDIN, '<&', $in;
  open STDOUT, '>&', $out;
  open STDERR, '>&', $err;
  $SIG{PIPE} = 'DEFAULT';
  chdir '/root';
  %ENV = (
    PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME => '/root',
    USER => 'root', LOGNAME => 'root', SHELL => '/bin/sh', LANG => 'C.UTF-8',
  );
  { no warnings; exec { $words[0] } @words; }
  my ($code, $why) = ($!{ENOENT} ? 127 : 126, "$!");
  syswrite STDERR, "$words[0]: $why\n";
  exit $code;
}

sub pass_on {
  my ($client, $in, $outputs, $pid) = @_;
  my ($arrived, $pending, $is_last) = ('', '', 0);
  while (%$outputs) {
    my @reads = (values %$outputs, length $pending < 65536 ? $client : ());
    my %is_ready = map { $_ => 1 } ready(\@reads, [$in && length $pending ? $in : ()]);
    for my $letter (sort keys %$outputs) {
      next if !$is_ready{ $outputs->{$letter} };
      my $count = sysread $outputs->{$letter}, my $piece, 65536;
      if ($count) { send_piece($client, $letter, $piece) or return kill 'KILL', -$pid; }
      else { close delete $outputs->{$letter}; }
    }
    if ($is_ready{$client}) {
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
