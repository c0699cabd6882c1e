// The servers of a kernel host, which has no Node: they answer as programs/serve.ts does. Used by kernel-seed.ts.

/**
 * Perl, because every Debian has it. Arguments: the host's name, then `tcp:PORT` or `udp:PORT`. One process serves all clients.
 * It goes to the background when all ports are open, which tells systemd that the servers are there.
 */
export const SERVE_PROGRAM = String.raw`
use strict;
use warnings;
use Socket qw(
  AF_INET6 IPPROTO_IPV6 IPV6_V6ONLY SOCK_DGRAM SOCK_STREAM SOL_SOCKET SO_REUSEADDR
  inet_ntop inet_pton pack_sockaddr_in6 unpack_sockaddr_in6
);

my ($name, @servers) = @ARGV;
my (%open, %listens, %answers, %asked);
for my $server (@servers) {
  my ($protocol, $port) = split /:/, $server;
  my $socket = opened($protocol eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM, $port);
  if ($protocol eq 'tcp') { listen($socket, 1024) or die "listen: $!"; $listens{$socket} = 1; }
  else { $answers{$socket} = 1; }
  $open{$socket} = $socket;
}
exit 0 if fork // die "fork: $!";
$SIG{PIPE} = 'IGNORE';
while (1) {
  my $bits = '';
  vec($bits, fileno $_, 1) = 1 for values %open;
  next if select($bits, undef, undef, undef) <= 0;
  for my $socket (grep { vec $bits, fileno $_, 1 } values %open) {
    if ($listens{$socket}) { take($socket); }
    elsif ($answers{$socket}) { answer_datagram($socket); }
    else { answer_request($socket); }
  }
}

sub opened { # takes IPv4 too
  my ($type, $port) = @_;
  socket(my $socket, AF_INET6, $type, 0) or die "socket: $!";
  setsockopt($socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
  bind($socket, pack_sockaddr_in6($port, inet_pton(AF_INET6, '::'))) or die "bind $port: $!";
  return $socket;
}

sub take {
  my ($listening) = @_;
  my $from = accept(my $client, $listening) or return;
  $asked{$client} = { from => $from, text => '' };
  $open{$client} = $client;
}

sub answer_request {
  my ($client) = @_;
  my $request = $asked{$client};
  my $count = sysread $client, $request->{text}, 65536, length $request->{text};
  if ($count) {
    return if $request->{text} !~ /\r?\n\r?\n/;
    my $body = answer($request->{from});
    my @lines = ('HTTP/1.1 200 OK', 'Content-Type: text/plain', 'Connection: close', 'Content-Length: ' . length $body);
    syswrite $client, join("\r\n", @lines, '', '') . ($request->{text} =~ /^HEAD / ? '' : $body);
    shutdown $client, 1;
  }
  delete $open{$client};
  delete $asked{$client};
  close $client;
}

sub answer_datagram {
  my ($socket) = @_;
  my $from = recv($socket, my $text, 65536, 0);
  send $socket, answer($from), 0, $from if $from;
}

sub answer {
  my (undef, $address) = unpack_sockaddr_in6(shift);
  my $asker = inet_ntop(AF_INET6, $address);
  $asker =~ s/^::ffff://;
  return "$name $asker\n";
}
`;
