# What a guest does once its kernel is prepared: it follows the orders on its kernel command line, says READY, and then
# follows those on its console. It accepts TCP connections and throws away what they bring (RFC 863), silently.
# One process does it all, because starting another costs an emulated guest tens of milliseconds; modules are not at
# hand, so perl's own functions must do.
#
#   order                        on the kernel command line       what
#   sysctl K=V                   stackbed.sysctl=K=V, repeatable  kernel setting; `:` stands for a blank in V
#   network A/P GATEWAY|- [MAC]  stackbed.address=A/P,            address, default route (where answers to any source
#                                stackbed.gateway=A               go) and link-layer address of the network card
#   listen P,P [O=V,...]         stackbed.open=P,P,               TCP ports, and options of the listening sockets
#                                stackbed.socket=O=V,...
#   connect A PORT               -                                begins a TCP connection, and lets go of it
#   entropy HEX                  -                                mixes HEX into the kernel's random numbers
#   clock SECONDS                -                                sets the time of day, in seconds of Unix time
#   ready                        (follows the others)             says READY
#   stop                         -                                ends the machine
#   -                            stackbed.wait                    says WAITING instead of READY: orders come later, to a
#                                                                 copy of this guest
$| = 1;

sub fail {
  print "STACKBED FAILED @_\n";
  sleep 1_000_000 while 1;
}

# Option names of sockets, with level and number as Linux has them.
my %option = (
  sndbuf => [1, 7], rcvbuf => [1, 8], keepalive => [1, 9], tos => [0, 1], ttl => [0, 2], nodelay => [6, 1],
  maxseg => [6, 2], 'defer-accept' => [6, 9], 'window-clamp' => [6, 10], quickack => [6, 12],
);
my ($inet, $stream, $datagram, $tcp, $reuse_address) = (2, 1, 2, 6, 2);
# ioctls: linux/sockios.h, linux/random.h, asm-generic/ioctls.h.
my ($set_address, $set_netmask, $set_mac, $get_flags, $set_flags) = (0x8916, 0x891c, 0x8924, 0x8913, 0x8914);
my ($add_route, $add_entropy, $reseed, $get_terminal, $set_terminal) = (0x890b, 0x40085203, 0x5207, 0x5401, 0x5402);

# The backlog is large, because a full one makes the kernel answer SYNs with SYN cookies, which lose window
# scale and SACK.
my $backlog = 4096;

my (%listener, %connection, $watched);

sub sysctl {
  my ($name, $value) = split /=/, $_[0], 2;
  $value =~ tr/:/ /;
  my $path = '/proc/sys/' . join '/', split /\./, $name;
  -e $path and open my $file, '>', $path or fail("cannot set $path: there is no such setting");
  syswrite $file, $value or fail("cannot set $path to $value: $!");
}

sub inet_address {
  pack 'S n C4 x8', $inet, 0, split /\./, $_[0];
}

socket my $control, $inet, $datagram, 0 or fail("no sockets: $!");

# struct ifreq: a name, and what is set or asked.
sub card {
  my ($name, $request, $value, $what) = @_;
  ioctl $control, $request, my $argument = pack 'a16 a24', $name, $value or fail("cannot set $what of $name: $!");
  return substr $argument, 16;
}

sub up {
  my $flags = unpack 'S', card($_[0], $get_flags, '', 'state');
  card($_[0], $set_flags, pack('S', $flags | 1), 'state');
}

sub network {
  my ($address, $gateway, $mac) = @_;
  up('lo');
  $address =~ m{^([\d.]+)/(\d+)$} or fail("no address: $address");
  my ($host, $netmask) = ($1, join '.', unpack 'C4', pack 'N', $2 ? 0xffffffff << 32 - $2 & 0xffffffff : 0);
  card('eth0', $set_mac, pack('S C6', 1, map hex, split /:/, $mac), 'link-layer address') if $mac;
  card('eth0', $set_address, inet_address($host), 'address');
  card('eth0', $set_netmask, inet_address($netmask), 'netmask');
  up('eth0');
  return if $gateway eq '-';
  # struct rtentry: any destination by this gateway; flags: up, gateway.
  my $any = inet_address('0.0.0.0');
  my $route = pack 'x[L!] a16 a16 a16 S x80', $any, inet_address($gateway), $any, 3;
  ioctl $control, $add_route, $route or fail("no route by $gateway: $!");
}

sub listen_on {
  my ($ports, $options) = @_;
  for my $port (split /,/, $ports) {
    socket my $socket, $inet, $stream, $tcp or fail("cannot listen on $port: $!");
    setsockopt $socket, 1, $reuse_address, 1;
    # Set before listening: connections inherit them, and the window in the SYN-ACK depends on them.
    for (split /,/, $options) {
      my ($name, $value) = split /=/;
      my $known = $option{$name} or fail("no socket option $name");
      # Adding nothing makes it a number; a string would be taken for the packed bytes.
      setsockopt $socket, $$known[0], $$known[1], $value + 0 or fail("socket option $name=$value: $!");
    }
    bind $socket, pack 'S n x12', $inet, $port and listen $socket, $backlog or fail("cannot listen on $port: $!");
    vec($watched, fileno $socket, 1) = 1;
    $listener{fileno $socket} = $socket;
  }
}

# Without blocking (O_NONBLOCK by F_SETFL): the SYN is out when connect returns.
sub connect_to {
  my ($address, $port) = @_;
  socket my $socket, $inet, $stream, $tcp or fail("no socket: $!");
  fcntl $socket, 4, 2048;
  connect $socket, pack 'S n C4 x8', $inet, $port, split /\./, $address;
}

# A copy of a guest has the random numbers of its original, until others are mixed in and used at once.
sub entropy {
  my $bytes = pack 'H*', $_[0];
  my $pool = pack 'i i a*', 8 * length $bytes, length $bytes, $bytes;
  open my $random, '>', '/dev/random' or fail("no /dev/random: $!");
  ioctl $random, $add_entropy, $pool and ioctl $random, $reseed, 0 or fail("cannot mix in entropy: $!");
}

# The number of clock_settime(2), by the machine that this program is for (e_machine of ELF): i386, x86-64, ARM64, RISC-V.
my %clock_settime = (3 => 264, 62 => 227, 183 => 112, 243 => 112);

sub clock {
  open my $self, '<', '/proc/self/exe' or fail("no /proc/self/exe: $!");
  sysread $self, my $header, 20;
  my $number = $clock_settime{unpack 'x18 S', $header} or fail('no clock_settime is known for this machine');
  syscall($number, 0, pack 'l! l!', $_[0], 0) == 0 or fail("cannot set the clock: $!");
}

# What is typed need not come back.
sub echo_off {
  my $terminal = "\0" x 64;
  ioctl STDIN, $get_terminal, $terminal or return;
  my ($local) = unpack 'x12 I', $terminal;
  substr($terminal, 12, 4) = pack 'I', $local & ~8;
  ioctl STDIN, $set_terminal, $terminal;
}

open my $file, '<', '/proc/sys/kernel/osrelease' or fail("no /proc: $!");
chomp(my $release = <$file>);

my %order = (
  sysctl => \&sysctl, network => \&network, listen => \&listen_on, connect => \&connect_to, entropy => \&entropy,
  clock => \&clock,
  ready => sub { print "STACKBED READY $release\n" },
  # Without ACPI a machine cannot switch itself off, but one that may not reboot ends when it tries.
  stop => sub { exec '/bin/reboot', '-f' },
);

open $file, '<', '/proc/cmdline' or fail("no /proc: $!");
my (%word, @settings);
for (split ' ', <$file>) {
  next unless /^stackbed\.(\w+)(?:=(.*))?$/;
  if ($1 eq 'sysctl') { push @settings, $2 } else { $word{$1} = $2 }
}
if (exists $word{wait}) {
  echo_off();
  print "STACKBED WAITING $release\n";
} else {
  sysctl($_) for @settings;
  network($word{address}, $word{gateway} || '-') if $word{address};
  listen_on($word{open}, $word{socket}) if $word{open};
  $order{ready}->();
}

sub forget {
  my ($number) = @_;
  vec($watched, $number, 1) = 0;
  delete $connection{$number};
}

my $typed = '';
sub console {
  # A console that ends will say nothing more.
  sysread STDIN, $typed, 4096, length $typed or vec($watched, 0, 1) = 0;
  while ($typed =~ s/^(.*)\n//) {
    my ($verb, @arguments) = split ' ', $1 or next;
    my $known = $order{$verb} or print("STACKBED UNKNOWN $verb\n"), next;
    $known->(@arguments);
    print "STACKBED DONE $verb\n";
  }
}

vec($watched, fileno STDIN, 1) = 1;
for (;;) {
  select my $ready = $watched, undef, undef, undef;
  console() if vec $ready, 0, 1;
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
