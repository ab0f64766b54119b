# Runs programs for run-sync.ts, one after the other: reads what to run from one FIFO, says how it ended to another.
use strict;

my ($orders, $answers) = @ARGV;
open(my $order, '<', $orders) or die "$orders: $!\n";
open(my $answer, '>', $answers) or die "$answers: $!\n";
while (1) {
  my ($cwd, $command, $variables, $input) = unpack 'N/a* N/a* N/a* a*', take(unpack 'N', take(4));
  my $pid = start([split /\0/, $command, -1], {map { split /=/, $_, 2 } split /\0/, $variables}, $cwd, scratch($input), my $out = scratch(''), my $err = scratch(''));
  waitpid $pid, 0;
  my $code = $? & 127 ? 128 + ($? & 127) : $? >> 8;
  my $said = pack 'N N/a* a*', $code, slurp($err), slurp($out);
  syswrite $answer, pack('N', length $said) . $said;
}

sub take {
  my ($wanted, $got) = (shift, '');
  while (length $got < $wanted) { sysread($order, $got, $wanted - length $got, length $got) or exit }
  return $got;
}

# Files take as much as there is: pipes would have to be filled and emptied by turns.
sub scratch {
  open(my $file, '+>', undef) or die "a scratch file: $!\n";
  syswrite $file, shift;
  sysseek $file, 0, 0;
  return $file;
}

sub slurp {
  my ($file, $content) = (shift, '');
  sysseek $file, 0, 0;
  1 while sysread $file, $content, 1 << 20, length $content;
  return $content;
}

sub start {
  my ($command, $variables, $cwd, $in, $out, $err) = @_;
  my $pid = fork;
  defined $pid or die "a process: $!\n";
  return $pid if $pid;
  %ENV = %$variables;
  chdir $cwd and open(STDIN, '<&', $in) and open(STDOUT, '>&', $out) and open(STDERR, '>&', $err) and exec { $command->[0] } @$command;
  syswrite STDERR, "$command->[0]: $!\n";
  kill 9, $$;
}
