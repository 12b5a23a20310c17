// A shared library that makes system calls on files fail when a test says so. It is loaded into a
// process with LD_PRELOAD, and told by the environment what to do:
//
//   FAULT_INJECTION_DIR   only files below this directory are touched; without it, nothing is.
//   FAULT_INJECTION       rules, separated by commas: CALL:ERROR:N or CALL:ERROR:N+
//   FAULT_INJECTION_FILE  a file with rules in place of FAULT_INJECTION's; read again whenever it
//                         changes, so that a running process can be told. Empty or "off": none.
//                         Replace it by rename, so that it is never seen half written.
//   FAULT_INJECTION_LOG   a file that gets one line for each fault: CALL ERROR PATH
//   FAULT_INJECTION_HIDE_ARGUMENTS
//                         set: main gets copies of its arguments, and the originals, which
//                         /proc/self/cmdline shows, are overwritten, as libraries do that keep
//                         secrets on a command line from other users.
//
// CALL   open write pwrite pread fsync fdatasync rename ftruncate fallocate unlink link; each stands
//        for its variants too (openat, open64, pwrite64, pwritev, renameat, posix_fallocate, ...), and
//        a variant's name may be given for it.
// ERROR  EIO ENOSPC EINTR EDQUOT EMFILE EOPNOTSUPP: the call does nothing and fails; SHORT: write,
//        pwrite and pread move half of the bytes; SLOW30: the call takes 30 ms longer, or as many as
//        the number says, and does not fail; KILL: SIGKILL ends the process instead of the call.
// N      the Nth matching call fails (from 1), and with + all after it as well. Each rule counts
//        its own calls; where two rules strike at one call, the first decides.
//
// "fdatasync:EIO:3" fails the third fdatasync; "pwrite:ENOSPC:1+,fallocate:ENOSPC:1+" is a full disk.
// A rule that cannot be read ends the process with status 64: a fault that never comes proves
// nothing.
