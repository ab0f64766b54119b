# The process that holds one sandbox together; holder.ts says what it is asked and what it answers. It is the first process of a PID
# namespace and has a mount and a network namespace of its own: when it ends, neither processes nor mounts of the sandbox are left.
# Perl, since the mounts need system calls that no program of util-linux 2.38 makes, and since a small process starts others quickly.
# No module is loaded: that takes longer than everything else here.
use strict;

my ($name, $machine) = @ARGV;
my $column = $machine eq 'arm64' ? 1 : 0;
my %number = (
  unshare => [272, 97], mount => [165, 40], umount2 => [166, 39], prctl => [157, 167], prlimit64 => [302, 261], dup3 => [292, 24],
  setresuid => [117, 147], setresgid => [119, 149], statfs => [137, 43],
  open_tree => [428, 428], move_mount => [429, 429], mount_setattr => [442, 442],
);
use constant {
  NEWNS => 0x20000, NEWUSER => 0x10000000, NEWPID => 0x20000000, NEWNET => 0x40000000,
  RDONLY => 1, NOSUID => 2, NODEV => 4, REMOUNT => 32, BIND => 4096, REC => 16384, PRIVATE => 1 << 18,
  O_PATH => 010000000, O_CLOEXEC => 02000000, O_NONBLOCK => 04000, EMPTY_PATH => 0x1000, AT_FDCWD => -100,
  F_SETFL => 4, F_DUPFD => 0, SOL_SOCKET => 1, WNOHANG => 1,
};
my $only_directory = $column ? 0140000 : 0600000; # O_DIRECTORY | O_NOFOLLOW

close_strays();
my $ticket = <STDIN>;
open(STDIN, '<', '/dev/null');
my $bot;
socket($bot, 1, 1, 0) && connect($bot, pack('S a*', 1, "\0$name")) or die "the bot does not listen: $!";
syswrite $bot, $ticket;
my $user = $>;
my ($uid, $point, $disk, $filter, $root, $workspace, $above, @layers);
# Started ahead, it may wait long for what it is asked; its namespaces are made by then. So are the processes that it takes to build the place:
# while the bot moves this one into cgroups, to start one has to wait.
my ($space, $trial);
eval { isolate(); begin(); ($space, $trial) = (user_space(), trial()) if $user == 0; 1 } or fail($@);
($uid, $point, $disk, $filter, $root, $workspace, $above, @layers) = request();
my (%sources, %owners, %idmaps);
eval { build(); 1 } or fail($@);

my (%running, %relays);
pipe(my $wake, my $awake);
fcntl $awake, F_SETFL, O_NONBLOCK;
$SIG{CHLD} = sub { syswrite $awake, '.' };
$SIG{PIPE} = 'IGNORE';
serve();

# --- what is heard and said ----------------------------------------------------------------------------------------------------

# Fields without NUL, behind their length. Nothing more to come means that the bot has gone.
sub request {
  my @fields = split /\0/, take(unpack 'N', take(4)), -1;
  return @fields;
}

sub take {
  my ($wanted, $got) = (shift, '');
  while (length $got < $wanted) {
    my $more = sysread $bot, $got, $wanted - length $got, length $got;
    exit 0 if defined $more ? $more == 0 : $! != 4; # EINTR: a child has ended meanwhile
  }
  return $got;
}

sub answer {
  my $line = join "\0", @_;
  $line =~ s/\n/ /g;
  syswrite $bot, "$line\n";
}

sub fail { answer('failed', @_); exit 1 }
# syscall takes only strings that could be changed.
sub call { my ($which, @given) = @_; return syscall($number{$which}[$column], @given) }
sub check { my ($result, $what) = @_; die "$what: $!\n" if !defined $result || $result < 0; return $result }

sub fill {
  my ($path, $content) = @_;
  open(my $file, '>', $path) or die "$path: $!\n";
  defined syswrite($file, $content) or die "$path: $!\n";
}

sub slurp { open(my $file, '<', shift) or return ''; local $/; return scalar <$file> }

# What whoever started the bot left open without meaning to would be open in the sandbox too.
sub close_strays {
  opendir(my $open, '/proc/self/fd') or die "/proc: $!";
  my @strays = grep { /^\d+$/ && $_ > 2 && $_ != fileno $open } readdir $open;
  for my $descriptor (@strays) { close_descriptor($descriptor) }
}

sub close_descriptor { my $handle; open($handle, '<&=', shift) and close $handle }

# --- the place -----------------------------------------------------------------------------------------------------------------

# Opened before anything is mounted over them.
sub find_sources {
  for my $path ($workspace, map { ("$_/workspace", "$_/home") } @layers) {
    sysopen($sources{$path}, $path, O_PATH | O_CLOEXEC | $only_directory) or die "$path: $!\n";
    next if $uid eq '';
    my @stat = stat $sources{$path};
    $owners{$path} = "$stat[4] $stat[5]";
    $idmaps{$owners{$path}} ||= idmap(@stat[4, 5]);
  }
}

# A user namespace in which the owner of the files is the sandbox's uid: mounts can be told to see files by it.
sub idmap {
  my ($owner, $group) = @_;
  my ($child, $made) = @{$space || user_space()};
  undef $space;
  sysread $made, my $yes, 1;
  my $mapped = eval {
    fill("/proc/$child/uid_map", "$owner $uid 1");
    fill("/proc/$child/gid_map", "$group $uid 1");
    open(my $users, '<', "/proc/$child/ns/user") or die;
    $users;
  };
  kill 9, $child;
  waitpid $child, 0;
  return $mapped;
}

# A process that holds a new one, and what says when it is there.
sub user_space {
  pipe(my $made, my $making);
  my $child = fork;
  defined $child or die "a process: $!\n";
  return [$child, $made] if $child;
  close $bot;
  call('unshare', NEWUSER) == 0 and syswrite $making, '.';
  close $making;
  sleep;
}

sub isolate {
  my $own = NEWNS | NEWNET;
  if ($user != 0) {
    my $group = $) + 0;
    check(call('unshare', $own | NEWUSER), 'a user namespace');
    fill('/proc/self/setgroups', 'deny');
    fill('/proc/self/uid_map', "$user $user 1");
    fill('/proc/self/gid_map', "$group $group 1");
  } elsif (call('unshare', $own) != 0) {
    # Root of a container may lack the right to mount, but not that to make a user namespace in which it has it.
    own_users($own);
  }
  check(call('mount', 'none', '/', 0, REC | PRIVATE, 0), 'a private mount namespace');
  loopback_up();
}

# The first process of a PID namespace goes on; this one waits for it.
sub begin {
  check(call('unshare', NEWPID), 'a PID namespace');
  my $inner = fork;
  if ($inner) {
    answer('done', 'pid', $inner);
    close $bot;
    waitpid $inner, 0;
    exit $? >> 8;
  }
  call('prctl', 1, 9, 0, 0, 0); # PR_SET_PDEATHSIG
  # bubblewrap looks there for its child, by the number that it has in this PID namespace.
  check(call('mount', 'proc', '/proc', 'proc', NOSUID | NODEV, 0), '/proc');
}

sub own_users {
  my ($own, $parent) = (shift, $$);
  pipe(my $wait, my $go);
  my $writer = fork;
  if (!$writer) {
    close $go;
    sysread $wait, my $nothing, 1;
    for my $map ('uid_map', 'gid_map') {
      my @ranges = slurp("/proc/self/$map") =~ /^\s*(\d+)\s+\d+\s+(\d+)/mg;
      my $all = '';
      while (my ($first, $count) = splice @ranges, 0, 2) { $all .= "$first $first $count\n" }
      eval { fill("/proc/$parent/$map", $all) };
    }
    kill 9, $$;
  }
  my $made = call('unshare', $own | NEWUSER);
  my $why = "$!";
  close $go;
  waitpid $writer, 0;
  die "root may neither mount nor make a user namespace: $why\n" if $made != 0;
}

sub build {
  my $flags = NOSUID | NODEV;
  syswrite $trial->{ask}, $uid if $uid ne '';
  find_sources();
  check(call('mount', 'codegen', $point, 'tmpfs', $flags, 'mode=0755,size=64m'), "a tmpfs at $point");
  mkdir "$point/$_" for qw(lower root shown told upper workspace home);
  my $inodes = 65536 + int($disk / 4096);
  check(call('mount', 'codegen', "$point/upper", 'tmpfs', $flags, "mode=0700,size=$disk,nr_inodes=$inodes"), 'a tmpfs of that size');
  for my $part (qw(workspace home)) {
    mkdir "$point/upper/$_" for $part, "$part.work";
    chown $uid, $uid, "$point/upper/$part" if $uid ne '';
  }
  chmod 0700, "$point/upper/home";
  my @homes = map { "$_/home" } @layers;
  my @workspaces = map { "$_/workspace" } @layers;
  splice @workspaces, $above, 0, $workspace;
  my ($copied, $before) = ('', 0);
  eval { overlay('workspace', @workspaces); overlay('home', @homes); 1 } or $copied = $@;
  if ($copied ne '') {
    call('mount', 'none', "$point/upper", 0, REMOUNT | $flags, "size=" . 2 ** 50 . ",nr_inodes=" . 2 ** 30);
    copy('workspace', @workspaces);
    copy('home', @homes);
    $before = used("$point/upper");
    my $size = $before + $disk;
    check(call('mount', 'none', "$point/upper", 0, REMOUNT | $flags, "size=$size"), 'the size of the tmpfs');
  }
  plant($_) for split /\x01/, $root;
  fill("$point/seccomp", pack 'H*', $filter);
  heed($trial) if $uid ne '';
  answer('done', 'open', $copied, $before);
}

# One entry of what every command sees as its root directory: bubblewrap takes it as a whole, which is faster than piece by piece.
sub plant {
  my ($kind, $at, $with) = split /\x02/, shift, -1;
  my $path = "$point/root$at";
  my $parent = '';
  for my $part (split m{/}, substr $at, 1) { mkdir "$point/root$parent"; $parent .= "/$part" }
  if ($kind eq 'directory') { mkdir $path }
  elsif ($kind eq 'link') { symlink $with, $path }
  elsif ($kind eq 'file') { fill($path, $with) }
  else {
    if (-d $with) { mkdir $path } else { fill($path, '') }
    check(call('mount', $with, $path, 0, BIND | REC, 0), "$with cannot be shown");
  }
}

# Files of the lower directories are seen as the sandbox's own, whoever owns them; what is written goes to the upper one.
sub overlay {
  my ($part, @lower) = @_;
  return check(call('mount', "$point/upper/$part", "$point/$part", 0, BIND, 0), $part) if !@lower;
  my @mounts;
  for my $path (@lower) {
    my $at = "$point/lower/$part" . @mounts;
    mkdir $at;
    my $tree = check(call('open_tree', fileno $sources{$path}, '', EMPTY_PATH | 1 | O_CLOEXEC), "$path cannot be mounted");
    my $users = $uid eq '' ? undef : $idmaps{$owners{$path}} || die "no user namespace for the owner of $path\n";
    my $attributes = pack 'Q4', RDONLY | NOSUID | NODEV | ($users ? 0x100000 : 0), 0, 0, $users ? fileno $users : 0;
    check(call('mount_setattr', $tree, '', EMPTY_PATH, $attributes, 32), "$path cannot be seen by the owner of another uid");
    check(call('move_mount', $tree, '', AT_FDCWD, $at, 4), $at);
    push @mounts, $at;
  }
  my $options = 'lowerdir=' . join(':', @mounts) . ",upperdir=$point/upper/$part,workdir=$point/upper/$part.work,userxattr";
  check(call('mount', 'codegen', "$point/$part", 'overlay', NOSUID | NODEV, $options), 'an overlay');
}

# Where the kernel gives no overlay: everything is there twice, what lies topmost is written last.
sub copy {
  my ($part, @from) = @_;
  call('umount2', "$point/$part", 2);
  for my $path (reverse @from) {
    system('cp', '-a', '--', "/proc/self/fd/" . descriptor($sources{$path}) . '/.', "$point/upper/$part") == 0 or die "$path cannot be copied\n";
  }
  system('chown', '-R', '-h', '-P', "$uid:$uid", '--', "$point/upper/$part") == 0 or die "$part cannot be handed over\n" if $uid ne '';
  overlay($part);
}

# A descriptor that programs started from here keep.
sub descriptor { return fcntl(shift, F_DUPFD, 100) || die "a descriptor: $!\n" }

sub used {
  my $found = "\0" x 120;
  check(syscall($number{statfs}[$column], my $path = shift, $found), 'the size of a file system');
  my (undef, $block, $all, $free) = unpack 'Q4', $found;
  return $block * ($all - $free);
}

sub loopback_up {
  socket(my $any, 2, 2, 0) or die "a socket: $!\n";
  my $request = pack 'a16 s x22', 'lo', 0;
  ioctl($any, 0x8913, $request) or die "the loopback: $!\n";
  my $up = pack 'a16 s x22', 'lo', unpack('x16 s', $request) | 0x41; # IFF_UP | IFF_RUNNING
  ioctl($any, 0x8914, $up) or die "the loopback cannot be brought up: $!\n";
}

# --- giving up root ------------------------------------------------------------------------------------------------------------

sub drop {
  if ($uid ne '') {
    $) = "$uid $uid";
    call('setresgid', $uid + 0, $uid + 0, $uid + 0);
    call('setresuid', $uid + 0, $uid + 0, $uid + 0);
  }
  call('prctl', 38, 1, 0, 0, 0); # PR_SET_NO_NEW_PRIVS
  my $status = slurp('/proc/self/status');
  my @ids = map { $status =~ /^$_:\s+(.*)$/m ? split ' ', $1 : '?' } 'Uid', 'Gid';
  die "what should run as uid $uid runs as uid and gid @ids\n" if $uid ne '' && grep { $_ ne $uid } @ids;
  die "it would run as root\n" if grep { $_ eq '0' } @ids;
  die "it would keep the capabilities of root\n" if $uid ne '' && $status !~ /^CapPrm:\s+0+$/m;
}

# Tried by a process of its own, which waits for the uid.
sub trial {
  pipe(my $asked, my $ask);
  pipe(my $hear, my $say);
  my $child = fork;
  defined $child or die "a process: $!\n";
  return { child => $child, ask => $ask, hear => $hear } if $child;
  close $_ for $bot, $ask;
  sysread $asked, $uid, 20 and syswrite $say, eval { drop(); 1 } ? '.' : $@;
  kill 9, $$;
}

sub heed {
  my $trial = shift;
  sysread $trial->{hear}, my $problem, 1000;
  waitpid $trial->{child}, 0;
  die "cannot become uid $uid: $problem" if $problem ne '.';
}

# --- what is asked for ---------------------------------------------------------------------------------------------------------

sub serve {
  while (1) {
    my ($ready, $watched) = ('', '');
    vec($watched, fileno $_, 1) = 1 for $bot, $wake, map { $_->{silent} ? () : $_->{status} } values %running;
    # A signal that comes right before select does not end it. What has closed its pipe is about to end, so it is looked after without one.
    my $soon = (grep { $_->{silent} && !$_->{told} } values %running) ? 0.01 : undef;
    my $count = select($ready = $watched, undef, undef, $soon);
    reap();
    next if $count <= 0;
    sysread $wake, my $nothing, 1000 if vec $ready, fileno $wake, 1;
    for my $one (values %running) { hear_status($one) if vec $ready, fileno $one->{status}, 1 }
    next if !vec $ready, fileno $bot, 1;
    my ($what, $id, @rest) = request();
    my $done = eval {
      if ($what eq 'run') { run($id, @rest) }
      elsif ($what eq 'opened') { delete $running{$id}{pipes} if $running{$id}; forget($id) }
      elsif ($what eq 'kill') { $running{$id}{wanted} = 1, stop($running{$id}) if $running{$id} }
      elsif ($what eq 'show') { show($id, @rest) }
      elsif ($what eq 'keep') { keep($id, @rest) }
      elsif ($what eq 'relay') { relay($id, @rest) }
      elsif ($what eq 'unrelay') { unrelay($id, @rest) }
      1;
    };
    answer('refused', $id, $@) if !$done;
  }
}

sub run {
  my ($id, $io, $stdin, $files, $count, @rest) = @_;
  my @arguments = splice @rest, 0, $count;
  pipe(my $status, my $telling) or die "a pipe: $!\n";
  my @streams = $io eq 'pipes' ? (0, 1, 2) : $stdin eq 'null' ? (1) : (0, 1);
  my (%mine, %theirs);
  for my $stream (@streams) {
    pipe(my $read, my $write) or die "a pipe: $!\n";
    ($mine{$stream}, $theirs{$stream}) = $stream == 0 ? ($write, $read) : ($read, $write);
    # So that the command can open /dev/stdin, /dev/stdout and /dev/stderr again.
    chown $uid, $uid, $read if $uid ne '';
  }
  my $pid = fork;
  defined $pid or die "a process: $!\n";
  if (!$pid) {
    eval {
      fill('/proc/self/oom_score_adj', '1000');
      for my $bound ([4, 0], [7, $files]) { # RLIMIT_CORE, RLIMIT_NOFILE
        check(call('prlimit64', 0, $bound->[0], pack('Q2', $bound->[1], $bound->[1]), 0), 'a limit');
      }
      open(my $told, '+>', "$point/told/$id") or die "arguments: $!\n";
      unlink "$point/told/$id";
      syswrite $told, join('', map { "$_\0" } @arguments);
      sysseek $told, 0, 0;
      open(my $null, '<', '/dev/null');
      open(my $filter, '<', "$point/seccomp");
      my @wanted = ($theirs{0} || $null, $theirs{1}, $theirs{2} || $theirs{1}, $telling, $told, $filter);
      my @high = map { fcntl($_, F_DUPFD, 50) } @wanted;
      for my $at (0 .. $#high) { check(call('dup3', $high[$at], $at, 0), 'a descriptor') }
      for my $descriptor (@high) { close_descriptor($descriptor) }
      drop();
      chdir '/';
      exec { $rest[0] } @rest or die "$rest[0]: $!\n";
    };
    syswrite $telling, "failed $@";
    kill 9, $$;
  }
  fcntl $status, F_SETFL, O_NONBLOCK;
  $running{$id} = { id => $id, pid => $pid, status => $status, said => '', pipes => [values %mine, values %theirs] };
  answer('done', $id, map { fileno $mine{$_} } @streams);
}

sub hear_status {
  my $one = shift;
  my $got = sysread $one->{status}, $one->{said}, 4096, length $one->{said};
  $one->{silent} = 1 if defined $got && $got == 0;
  stop($one) if $one->{wanted};
}

# The inner one alone: bubblewrap ends after it, and so after everything inside. While bubblewrap lives, the pid belongs to nobody else.
# Before bubblewrap has told it, killing would orphan the inner one.
sub stop {
  my $one = shift;
  return if $one->{said} !~ /"child-pid": (\d+)/;
  kill 9, $1 if !$one->{ended};
}

sub reap {
  while ((my $pid = waitpid -1, WNOHANG) > 0) {
    my ($one) = grep { $_->{pid} == $pid && !$_->{ended} } values %running or next;
    $one->{signal} = $? & 127;
    1 while sysread $one->{status}, $one->{said}, 4096, length $one->{said};
    $one->{silent} = 1;
    $one->{ended} = time;
  }
  for my $one (values %running) {
    next if !$one->{ended} || $one->{told} || lingers($one);
    $one->{told} = 1;
    answer('ended', $one->{id}, $one->{signal}, $one->{said});
    forget($one->{id});
  }
}

# bubblewrap ends with the command; the first process of its PID namespace, and all that the command left, a little later. It is ours since then.
# What the kernel does not let go of is not waited for.
sub lingers {
  my $one = shift;
  return if $one->{said} !~ /"child-pid": (\d+)/ || waitpid($1, WNOHANG) != 0;
  kill 9, $1;
  return time - $one->{ended} < 3;
}

# The pipes of a command that has ended already stay until the bot has opened them.
sub forget { my $id = shift; delete $running{$id} if $running{$id} && $running{$id}{told} && !$running{$id}{pipes} }

# Files of the host, for one command, at a place that the sandbox's uid can walk to. The root directory gets what they are mounted on.
sub show {
  my ($id, $source, $wanted) = @_;
  my $at = "$point/shown/$id";
  sysopen(my $found, $source, O_PATH | O_CLOEXEC) or die "$source: $!\n";
  if (-d $found) { mkdir $at } else { fill($at, '') }
  plant(join "\x02", -d $found ? 'directory' : 'file', $wanted, '') if !-e "$point/root$wanted";
  check(call('mount', '/proc/self/fd/' . fileno($found), $at, 0, BIND | REC, 0), "$source cannot be shown");
  answer('done', $id, $at);
}

# A copy of what was written, which can be a layer: owners, modes, links, deletions and replaced directories are kept.
sub keep {
  my ($id, $target) = @_;
  my $child = fork;
  return if $child;
  my ($files, $bytes) = (0, 0);
  my $count = sub {
    my ($again, $at) = @_;
    opendir(my $entries, $at) or die "$at: $!\n";
    for my $entry (grep { $_ ne '.' && $_ ne '..' } readdir $entries) {
      my @stat = lstat "$at/$entry";
      $files++ if !-d _;
      $bytes += $stat[7] if -f _;
      $again->($again, "$at/$entry") if -d _;
    }
  };
  eval {
    for my $part (qw(workspace home)) {
      system('cp', '-a', '--', "$point/upper/$part", $target) == 0 or die "$part cannot be copied to $target\n";
      system('chown', '-R', '-h', '-P', "$user:" . ($) + 0), '--', "$target/$part") == 0 or die "$target/$part cannot be owned\n" if $uid ne '';
      $count->($count, "$target/$part");
    }
    answer('done', $id, $bytes, $files);
    1;
  } or answer('refused', $id, $@);
  kill 9, $$;
}

# --- relays between the sandbox's loopback and sockets of the bot --------------------------------------------------------------

sub relay {
  my ($id, $way, $path, $port) = @_;
  my ($listener, $answer, $target);
  if ($way eq 'in') {
    socket($listener, 2, 1, 0) && bind($listener, pack('S n C4 x8', 2, 0, 127, 0, 0, 1)) && listen($listener, 64) or die "a port: $!\n";
    $answer = unpack 'x2 n', getsockname $listener;
    $target = sub { return dial(pack('S a*', 1, $path)) };
  } else {
    socket($listener, 1, 1, 0) && bind($listener, pack('S a*', 1, $path)) && listen($listener, 64) or die "$path: $!\n";
    $target = sub { return dial(pack('S n C4 x8', 2, $port, 127, 0, 0, 1)) || dial(pack('S n x4 x15 C x4', 10, $port, 1)) };
  }
  my $child = fork;
  defined $child or die "a process: $!\n";
  if ($child) { $relays{$id} = $child; return answer('done', $id, $answer) }
  close $bot;
  eval { drop() };
  pass_on($listener, $target) if $@ eq '';
  kill 9, $$;
}

sub dial {
  my ($to, $far) = shift;
  return socket($far, unpack('S', $to), 1, 0) && connect($far, $to) ? $far : undef;
}

sub unrelay {
  my ($id, $relay) = @_;
  my $child = delete $relays{$relay};
  kill 9, $child and waitpid $child, 0 if $child;
  answer('done', $id);
}

# At most 32 connections, each with at most 64 KiB on its way in each direction.
sub pass_on {
  my ($listener, $target) = @_;
  my %ends; # by descriptor: its handle, the other end, what is to be written to it, whether no more will come from it
  while (1) {
    my ($read, $write) = ('', '');
    vec($read, fileno $listener, 1) = 1 if keys %ends < 64;
    for my $end (values %ends) {
      vec($read, $end->{at}, 1) = 1 if !$end->{over} && length $end->{other}{left} < 65536;
      vec($write, $end->{at}, 1) = 1 if length $end->{left};
    }
    select($read, $write, undef, undef) > 0 or next;
    if (vec $read, fileno $listener, 1) {
      accept(my $near, $listener) or next;
      my $far = $target->();
      if ($far) {
        my @pair = map { fcntl $_, F_SETFL, O_NONBLOCK; { handle => $_, at => fileno $_, left => '', over => 0 } } $near, $far;
        ($pair[0]{other}, $pair[1]{other}) = ($pair[1], $pair[0]);
        $ends{$_->{at}} = $_ for @pair;
      }
    }
    my @all = values %ends;
    for my $end (@all) {
      next if !$ends{$end->{at}};
      my $broken = 0;
      if (vec $read, $end->{at}, 1) {
        my $got = sysread $end->{handle}, $end->{other}{left}, 65536, length $end->{other}{left};
        if (!defined $got) { $broken = $! != 11 } elsif ($got == 0) { $end->{over} = 1 }
      }
      if (vec $write, $end->{at}, 1) {
        my $put = syswrite $end->{handle}, $end->{left};
        if (defined $put) { substr $end->{left}, 0, $put, '' } elsif ($! != 11) { $broken = 1 }
      }
      shutdown $end->{other}{handle}, 1 if $end->{over} && !length $end->{other}{left} && !$end->{told}++;
      shutdown $end->{handle}, 1 if $end->{other}{over} && !length $end->{left} && !$end->{other}{told}++;
      next if !$broken && !($end->{over} && $end->{other}{over} && !length $end->{left} && !length $end->{other}{left});
      for my $gone ($end, $end->{other}) { close $gone->{handle}; delete $ends{$gone->{at}} }
      delete $end->{other}{other};
      delete $end->{other};
    }
  }
}
