// What Swift's Glibc module leaves out: epoll, signalfd, accept4 and a few constants.
// Thin and without a decision of its own: each function is one call, -1 with errno if it fails.
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

// One event as the loop sees it; epoll's own structure is packed, which Swift cannot import well.
typedef struct {
    uint64_t token;
    uint32_t flags;
} linux_event;

static const uint32_t LINUX_EPOLL_IN = 0x001;
static const uint32_t LINUX_EPOLL_OUT = 0x004;
static const uint32_t LINUX_EPOLL_ERROR = 0x008;
static const uint32_t LINUX_EPOLL_HANGUP = 0x010;
static const uint32_t LINUX_EPOLL_READ_HANGUP = 0x2000;
static const uint32_t LINUX_EPOLL_EXCLUSIVE = 1u << 28;
static const uint32_t LINUX_EPOLL_EDGE = 1u << 31;

// How many events one wait can bring.
static const int LINUX_EVENTS_AT_ONCE = 512;

int linux_epoll_create(void);

int linux_epoll_add(int poller, int descriptor, uint32_t flags, uint64_t token);

int linux_epoll_remove(int poller, int descriptor);

// Waits and unpacks; returns the number of events. `events` has room for LINUX_EVENTS_AT_ONCE.
int linux_epoll_wait(int poller, linux_event *events, int timeout_milliseconds);

// The same with a timeout in nanoseconds; -1 for as long as it takes.
int linux_epoll_wait_precisely(int poller, linux_event *events, int64_t timeout_nanoseconds);

// Whether a descriptor is readable, or becomes it within the time.
int linux_wait_readable(int descriptor, int64_t timeout_nanoseconds);

int linux_accept(int listener, struct sockaddr_storage *peer, socklen_t *length);

int linux_socket_stream(int family);

// recv and send (without SIGPIPE) that are no cancellation points. The C library makes its own such
// points, which takes two locked instructions a call in a process with threads; none is cancelled.
ssize_t linux_receive(int descriptor, void *bytes, size_t length, int flags);

ssize_t linux_send(int descriptor, const void *bytes, size_t length);

// Has the kernel note when bytes come (socket(7), SO_TIMESTAMPNS). The first such socket of a machine
// turns it on a moment later: the bytes that come before have no stamp.
int linux_stamp_arrivals(int descriptor);

// The same as linux_receive without flags, and when the last of the bytes came: by CLOCK_REALTIME, in
// nanoseconds; 0 where the kernel did not note it.
ssize_t linux_receive_stamped(int descriptor, void *bytes, size_t length, int64_t *stamp);

int linux_reuse_address(int descriptor);

int linux_reuse_port(int descriptor);

int linux_no_delay(int descriptor);

// How many bytes that were not sent yet the kernel holds before it takes no more (tcp(7),
// TCP_NOTSENT_LOWAT).
int linux_unsent_limit(int descriptor, int bytes);

int linux_ipv6_only(int descriptor);

// Whether a descriptor is a TCP socket that listens: 1 or 0, -1 with errno if it is no socket.
int linux_is_listening(int descriptor);

// Sends one datagram to a Unix socket: by its path, or by its abstract name after an `@`. Where
// nobody reads what has been sent before, it gives up after a second.
int linux_send_datagram(const char *name, const void *bytes, size_t length);

// The error that a socket keeps from what it did meanwhile, as a connect; 0 for none, -1 with errno.
int linux_pending_error(int descriptor);

// Keeps the calling thread, and what it starts from now on, on one core.
int linux_pin_to_core(int core);

// The lowest core that the calling thread may use from `first` on; -1 if there is none.
int linux_allowed_core(int first);

// Wakes a sleeper within a microsecond of its time instead of the default 50.
int linux_precise_timers(void);

// Adds to the calling thread's niceness, from which a service may be started with one of its own, and
// gives it, from Linux 6.12 on, turns of 0.1 ms where it shares a core. Others wait less for it to
// end its turn, and it waits less for a turn: without this one is some milliseconds long. Once a
// thread: it adds at each call.
int linux_take_short_turns(int more);

// Gives each of the descriptors 0, 1 and 2 that is closed something to stand for, so that no file
// that is opened later gets its number. Reading and writing them still fails with EBADF.
int linux_occupy_standard_descriptors(void);

// What opens a file without a name in a folder (O_TMPFILE), beside what it is opened for.
int linux_unnamed_file_flag(void);

// How many arguments the process was started with, its own name included, and each of them. They are
// copied before main: a library that hides them from /proc/self/cmdline does not hide them here.
int linux_argument_count(void);
const char *linux_argument(int index);

// The variables of the environment, `NAME=value`; NULL behind the last one.
const char *linux_environment(int index);

// Blocks for all threads to come each signal that would end or stop the process and that is no fault
// of its own, and delivers them to a descriptor.
int linux_signal_descriptor(void);

// Waits for the next of those signals; its number, or -1 with errno.
int linux_next_signal(int descriptor);

// The first real-time signal that is free for programs.
int linux_first_realtime_signal(void);

// Ends the process as the signal by itself would have; with status 128 + signal where the kernel
// lets no signal end it, as for the first process of a container.
_Noreturn void linux_end_by_signal(int number);

// Has the signals that a person or a system ends a program with remove a file before they do; a signal
// that is ignored stays so. One file a process: the one named last.
int linux_remove_before_end_by_signal(const char *path);

// What follows a write to a closed pipe, beyond a file-size limit or to the terminal of another job:
// an error or a success of the write, not the end or the stop of the process.
int linux_ignore_broken_pipes(void);
int linux_ignore_file_size_limit(void);
int linux_ignore_terminal_stops(void);

// Names the calling thread for the tools that list threads; 15 bytes at most.
int linux_name_thread(const char *name);

// The kernel's number of the calling thread.
int linux_thread_number(void);

// How long a thread of this process has run, and been ready to run and waited for a processor, in
// nanoseconds. Where the kernel does not account for waiting, how long it has run; -1 where there
// is no such thread.
int64_t linux_thread_busy(int number);

// The POSIX access list of an open file in the kernel's form; its length, or -1 with errno.
ssize_t linux_access_list(int descriptor, void *bytes, size_t length);

// Makes a private mapping longer or shorter, where it is or elsewhere; what it gains is zero.
// Its new start, or NULL with errno, and then it is as it was.
void *linux_remap(void *start, size_t length, size_t new_length);

// Has the C library take large blocks from the kernel one by one, and give each back when it is
// freed (mallopt(3), M_MMAP_THRESHOLD). Otherwise it learns from the first one that is freed to keep
// others of that size, and a thread's largest need stays with the process.
void linux_keep_no_large_blocks(void);

// Gives the kernel back what the process has freed, of all threads' arenas (malloc_trim(3)). Whoever
// allocates meanwhile may wait for it, some milliseconds.
void linux_return_memory(void);

// The kernel's own time in seconds since 1970 where a time server keeps it in step (adjtimex(2)); 0
// where none does, or the kernel does not say.
int64_t linux_synchronized_seconds(void);

// Asks for the cache line of an address and does not wait for it. Any address will do.
static inline void linux_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// How many columns of a terminal a character takes (Unicode Standard Annex 11): 0, 1 or 2, as the C
// library's table has it, whatever the process's locale is; 1 where it does not know.
int linux_character_columns(uint32_t character);

#endif
