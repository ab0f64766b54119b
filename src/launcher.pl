# The small process that starts programs for the bot; launcher.ts says why, what it asks and what it is answered.
# Perl, since it is there in 3 ms and has 6 MB. No module is loaded: that takes longer than everything else here.
use strict;

use constant {
  F_SETFD => 2, F_SETFL => 4, CLOEXEC => 1, NONBLOCK => $^O eq 'darwin' ? 4 : 04000, WNOHANG => 1, EINTR => 4,
  EAGAIN => $^O eq 'darwin' ? 35 : 11,
};
my $piece_bytes = 1 << 20; # Of standard output; what is shorter goes with the end. Input comes in such pieces as well.
my $stderr_bytes = 32_768; # The last 8 192 characters are in them, whatever letters they are.
# How long a killed program's pipes may stay open: something may have left its process group with them.
my $drain_seconds = 3;

chdir '/';
open(my $bot, '+<&=', 3) or die "launcher.pl: only the bot starts this\n";
fcntl $bot, F_SETFD, CLOEXEC;
fcntl $bot, F_SETFL, NONBLOCK;
# A terminal or an init system sends the first three to all processes of the bot, which needs programs while it closes.
$SIG{$_} = sub { } for qw(INT TERM HUP PIPE);

my (%running, @told);
my ($heard, $untold, $sent) = ('', 0, 0);
serve() while 1;

sub serve {
  my ($read, $write, $patience) = ('', '', undef);
  vec($read, fileno $bot, 1) = 1;
  vec($write, fileno $bot, 1) = 1 if @told;
  for my $program (values %running) {
    my ($in, $out, $err, $again) = @$program{qw(in out err again)};
    vec($write, fileno $in, 1) = 1 if $in && $program->{input} ne '';
    # The next piece is read when the last one has gone: nothing piles up here.
    vec($read, fileno $out, 1) = 1 if $out && $untold < $piece_bytes;
    vec($read, fileno $err, 1) = 1 if $err;
    $patience = $again if $again && (!$patience || $again < $patience);
  }
  return if select($read, $write, undef, $patience) < 0;
  pass_on() if @told;
  for my $program (values %running) {
    my ($in, $out, $err, $until) = @$program{qw(in out err until)};
    feed($program) if $in && vec($write, fileno $in, 1);
    take_output($program) if $out && vec($read, fileno $out, 1);
    take_stderr($program) if $err && vec($read, fileno $err, 1);
    @$program{qw(out err)} = () if $until && time > $until;
    finish($program) if !$program->{out} && !$program->{err};
  }
  listen_to_bot() if vec($read, fileno $bot, 1);
}

# --- what is heard and said: a length, a letter, the number of the program, and what belongs to it --------------------------------

sub listen_to_bot {
  my $got = sysread $bot, $heard, 1 << 18, length $heard;
  return if !defined $got && later();
  quit() if !$got;
  while (length $heard >= 4 && length $heard >= 4 + (my $length = unpack 'N', $heard)) {
    my ($what, $id, $order) = unpack 'a N a*', substr $heard, 4, $length;
    substr $heard, 0, 4 + $length, '';
    start($id, $order) if $what eq 's';
    my $program = $running{$id} or next;
    take_input($program, $order) if $what eq 'i';
    stop($program) if $what eq 'k';
  }
}

sub answer {
  my ($what, $id, $content) = @_;
  push @told, pack 'N a N a*', 5 + length $content, $what, $id, $content;
  $untold += length $told[-1];
  pass_on();
}

sub pass_on {
  while (@told) {
    my $done = syswrite $bot, $told[0], length($told[0]) - $sent, $sent;
    if (!defined $done) { return if later(); quit() }
    $untold -= $done;
    $sent += $done;
    next if $sent < length $told[0];
    shift @told;
    $sent = 0;
  }
}

sub later { return $! == EAGAIN || $! == EINTR }

# The bot has gone, and what it started goes with it.
sub quit {
  kill 9, -$_->{pid} for values %running;
  exit;
}

# --- programs --------------------------------------------------------------------------------------------------------------------

sub start {
  my ($id, $order) = @_;
  my ($most, $command, $variables, $input) = unpack 'N N/a* N/a* a*', $order;
  pipe(my $its_in, my $in) && pipe(my $out, my $its_out) && pipe(my $err, my $its_err) && pipe(my $failed, my $failing)
    or return answer('f', $id, pack 'N', $!);
  my $pid = fork;
  defined $pid or return answer('f', $id, pack 'N', $!);
  if ($pid == 0) {
    # A group of its own: what the program starts goes with it.
    setpgrp 0, 0;
    open(STDIN, '<&', $its_in) && open(STDOUT, '>&', $its_out) && open(STDERR, '>&', $its_err) or refuse($failing);
    %ENV = map { split /=/, $_, 2 } split /\0/, $variables;
    my @command = split /\0/, $command, -1;
    no warnings 'exec';
    exec { $command[0] } @command or refuse($failing);
  }
  close $_ for $its_in, $its_out, $its_err, $failing;
  # At its end when the program has begun.
  my $why;
  1 until defined sysread $failed, $why, 4;
  if ($why ne '') {
    waitpid $pid, 0;
    return answer('f', $id, $why);
  }
  fcntl $_, F_SETFL, NONBLOCK for $in, $out, $err;
  my $program = $running{$id} = {
    id => $id, pid => $pid, in => $in, out => $out, err => $err, most => $most, size => 0, held => '', stderr => '',
  };
  answer('p', $id, pack 'N', $pid);
  take_input($program, $input);
}

sub refuse {
  syswrite shift, pack 'N', $!;
  kill 9, $$;
}

# A piece, behind whether more follow.
sub take_input {
  my ($program, $piece) = @_;
  @$program{qw(more input)} = unpack 'C a*', $piece;
  $program->{fed} = 0;
  feed($program) if $program->{in};
}

sub feed {
  my ($program) = @_;
  while ($program->{fed} < length $program->{input}) {
    my $done = syswrite $program->{in}, $program->{input}, length($program->{input}) - $program->{fed}, $program->{fed};
    # Who has seen enough closes its input early; its exit code tells what that meant.
    if (!defined $done) { return if later(); $program->{more} = 0; last }
    $program->{fed} += $done;
  }
  $program->{input} = '';
  $program->{more} ? answer('i', $program->{id}, '') : close delete $program->{in};
}

sub take_output {
  my ($program) = @_;
  my $got = sysread $program->{out}, $program->{held}, 1 << 16, length $program->{held};
  return if !defined $got && later();
  return $program->{out} = undef if !$got;
  $program->{size} += $got;
  if ($program->{size} > $program->{most}) {
    $program->{held} = '';
    stop($program) if !$program->{excess}++;
  } elsif (length $program->{held} >= $piece_bytes) {
    answer('o', $program->{id}, $program->{held});
    $program->{held} = '';
  }
}

sub take_stderr {
  my ($program) = @_;
  my $got = sysread $program->{err}, $program->{stderr}, 1 << 16, length $program->{stderr};
  return if !defined $got && later();
  return $program->{err} = undef if !$got;
  my $over = length($program->{stderr}) - $stderr_bytes;
  substr $program->{stderr}, 0, $over, '' if $over > 0;
}

sub stop {
  my ($program) = @_;
  kill 9, -$program->{pid};
  $program->{until} ||= time + $drain_seconds;
  $program->{again} ||= 0.2;
}

# Nobody can write to its pipes any more, and it ends about then: nearly always before this is asked. SIGCHLD is not waited for, since a signal
# that comes right before select does not end that.
sub finish {
  my ($program) = @_;
  if (waitpid($program->{pid}, WNOHANG) == 0) {
    $program->{again} = $program->{looks}++ < 20 ? 0.001 : 0.05;
    return;
  }
  my $code = $? & 127 ? -1 : $? >> 8;
  delete $running{$program->{id}};
  answer('e', $program->{id}, pack 'l> C N/a* a*', $code, $program->{excess} ? 1 : 0, $program->{stderr}, $program->{held});
}
