# listen.pl PORT,PORT… [OPTION=VALUE,…]: accepts TCP connections on every port and throws away what they bring
# (RFC 863), silently. Goes to the background once all ports are open. Modules are not at hand in the guest:
# perl's own functions do.

# Option names, with level and number as Linux has them.
my %option = (
  sndbuf => [1, 7], rcvbuf => [1, 8], keepalive => [1, 9], tos => [0, 1], ttl => [0, 2], nodelay => [6, 1],
  maxseg => [6, 2], 'defer-accept' => [6, 9], 'window-clamp' => [6, 10], quickack => [6, 12],
);
my ($inet, $stream, $tcp, $reuse_address) = (2, 1, 6, 2);

# The backlog is large, because a full one makes the kernel answer SYNs with SYN cookies, which lose window
# scale and SACK.
my $backlog = 4096;

my ($ports, $options) = @ARGV;
my (%listener, %connection, $watched);
for my $port (split /,/, $ports) {
  socket my $socket, $inet, $stream, $tcp or die "socket: $!\n";
  setsockopt $socket, 1, $reuse_address, 1;
  # Set before listening: connections inherit them, and the window in the SYN-ACK depends on them.
  for (split /,/, $options) {
    my ($name, $value) = split /=/;
    my $known = $option{$name} or die "no socket option $name\n";
    # Adding nothing makes it a number; a string would be taken for the packed bytes.
    setsockopt $socket, $$known[0], $$known[1], $value + 0 or die "socket option $name=$value: $!\n";
  }
  bind $socket, pack 'S n x12', $inet, $port or die "port $port: $!\n";
  listen $socket, $backlog or die "port $port: $!\n";
  vec($watched, fileno $socket, 1) = 1;
  $listener{fileno $socket} = $socket;
}
exit if fork;

sub forget {
  my ($number) = @_;
  vec($watched, $number, 1) = 0;
  delete $connection{$number};
}

for (;;) {
  select my $ready = $watched, undef, undef, undef;
  for my $number (grep { vec $ready, $_, 1 } keys %listener) {
    # Out of file descriptors: whoever came first has had the longest time.
    accept my $new, $listener{$number} or do { forget((sort { $a <=> $b } keys %connection)[0]); next };
    vec($watched, fileno $new, 1) = 1;
    $connection{fileno $new} = $new;
  }
  for my $number (grep { vec $ready, $_, 1 } keys %connection) {
    forget($number) unless sysread $connection{$number}, my $unused, 65536;
  }
}
