# Stands in for docker-init, which the engine puts into containers: as a subreaper (-s) it gets back what has lost its parent.
use strict;
use warnings;
shift @ARGV while @ARGV && $ARGV[0] ne '--';
shift @ARGV;
# prctl(PR_SET_CHILD_SUBREAPER)
my $prctl = { x86_64 => 157, aarch64 => 167 }->{ (split ' ', `uname -m`)[0] };
syscall($prctl, 36, 1, 0, 0, 0) == 0 or die "prctl: $!";
my $main = fork // die "fork: $!";
if ($main == 0) {
  exec { $ARGV[0] } @ARGV or print STDERR "exec $ARGV[0] failed: $!\n";
  exit 127;
}
for (;;) {
  my $gone = wait;
  next if $gone != $main;
  exit(($? & 127) ? 128 + ($? & 127) : $? >> 8);
}
