# What the netem appliance does: it loads its modules, silences its network cards, and then runs one program after
# another, as it is told by the virtio-serial port `stackbed.orders`. It sends nothing of its own.
#
#   order    length in 32 bits, big-endian as all numbers here; seconds that the program may take, in 32 bits; then, each
#            behind its length in 32 bits: what it finds on standard input, its path, its arguments
#   answer   length; exit status in 32 bits (128 and the signal's number for a program that was ended by one); then,
#            each behind its length, standard output and standard error
#
# The first answer comes unasked when the appliance is up; its output is the kernel's release.
$| = 1;

sub fail {
  print "STACKBED FAILED @_\n";
  sleep 1_000_000 while 1;
}

sub contents {
  open my $file, '<', $_[0] or return '';
  local $/;
  return <$file> // '';
}

sub put {
  my ($path, $value) = @_;
  open my $file, '>', $path or return;
  syswrite $file, $value;
}

# perl-base has no glob.
sub entries {
  my ($folder) = @_;
  opendir my $handle, $folder or return;
  return map "$folder/$_", sort grep !/^\./, readdir $handle;
}

# finit_module of x86-64.
for my $path (entries('/modules')) {
  open my $module, '<', $path or fail("cannot read $path: $!");
  syscall(313, fileno $module, my $options = '', 0) == 0 or fail("cannot load $path: $!");
}

my ($port) = grep { contents("$_/name") eq "stackbed.orders\n" } entries('/sys/class/virtio-ports')
  or fail('no port for orders was found');
my $device = $port =~ s{.*/}{/dev/}r;
open my $orders, '+<', $device or fail("cannot open $device: $!");
binmode $orders;

-e "/sys/class/net/$_" or fail("no network card $_ was found") for 'eth0', 'eth1';
# The default, fq_codel, drops and reorders on its own account.
put('/proc/sys/net/core/default_qdisc', 'pfifo_fast');
put('/proc/sys/net/core/netdev_max_backlog', 100_000);
for my $scope ('all', 'default', 'eth0', 'eth1') {
  put("/proc/sys/net/ipv4/conf/$scope/rp_filter", 0);
  put("/proc/sys/net/ipv4/conf/$scope/send_redirects", 0);
}

sub take {
  my ($length) = @_;
  my $data = '';
  while (length $data < $length) {
    sysread $orders, $data, $length - length $data, length $data or fail('the port for orders was closed');
  }
  return $data;
}

sub answer {
  my $data = pack 'N N/a* N/a*', @_;
  $data = pack 'N/a*', $data;
  while (length $data) {
    my $written = syswrite $orders, $data or fail("cannot answer: $!");
    substr $data, 0, $written, '';
  }
}

# Files take the place of pipes, which a program could fill while nobody reads them.
sub run {
  my ($patience, $input, @program) = @_;
  put('/input', $input);
  my $child = fork // fail("cannot start a process: $!");
  if ($child == 0) {
    open STDIN, '<', '/input';
    open STDOUT, '>', '/output';
    open STDERR, '>', '/error';
    # The signal ends whatever program comes to be in this process.
    alarm $patience;
    exec { $program[0] } @program;
    print STDERR "$program[0]: $!\n";
    exit 127;
  }
  waitpid $child, 0;
  my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
  return ($status, contents('/output'), contents('/error'));
}

answer(0, contents('/proc/sys/kernel/osrelease'), '');
for (;;) {
  my ($patience, @words) = unpack 'N (N/a*)*', take(unpack 'N', take(4));
  answer(run($patience, @words));
}
