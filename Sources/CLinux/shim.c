// The GNU extensions are asked for here and not in the header: they change structures that
// Swift's Glibc module has already imported without them.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

_Static_assert(EPOLLIN == 0x001 && EPOLLOUT == 0x004 && EPOLLERR == 0x008, "as in the header");
_Static_assert(EPOLLHUP == 0x010 && EPOLLRDHUP == 0x2000, "as in the header");
_Static_assert(EPOLLEXCLUSIVE == 1u << 28, "as in the header");

int linux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int linux_epoll_add(int poller, int descriptor, uint32_t flags, uint64_t token) {
    struct epoll_event event = {.events = flags, .data = {.u64 = token}};
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

int linux_epoll_remove(int poller, int descriptor) {
    struct epoll_event event = {0};
    return epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, &event);
}

static int linux_unpack(const struct epoll_event *raw, int count, linux_event *events) {
    for (int index = 0; index < count; index++) {
        events[index].token = raw[index].data.u64;
        events[index].flags = raw[index].events;
    }
    return count;
}

int linux_epoll_wait(int poller, linux_event *events, int timeout_milliseconds) {
    struct epoll_event raw[512];
    _Static_assert(sizeof raw / sizeof *raw == 512, "as many as LINUX_EVENTS_AT_ONCE");
    int count = epoll_wait(poller, raw, LINUX_EVENTS_AT_ONCE, timeout_milliseconds);
    return linux_unpack(raw, count, events);
}

int linux_epoll_wait_precisely(int poller, linux_event *events, int64_t timeout_nanoseconds) {
    struct epoll_event raw[512];
    struct timespec time = {
        .tv_sec = timeout_nanoseconds / 1000000000, .tv_nsec = timeout_nanoseconds % 1000000000};
    int count = epoll_pwait2(
        poller, raw, LINUX_EVENTS_AT_ONCE, timeout_nanoseconds < 0 ? NULL : &time, NULL);
    return linux_unpack(raw, count, events);
}

int linux_wait_readable(int descriptor, int64_t timeout_nanoseconds) {
    struct pollfd entry = {.fd = descriptor, .events = POLLIN};
    struct timespec time = {
        .tv_sec = timeout_nanoseconds / 1000000000, .tv_nsec = timeout_nanoseconds % 1000000000};
    return ppoll(&entry, 1, &time, NULL) > 0;
}

int linux_accept(int listener, struct sockaddr_storage *peer, socklen_t *length) {
    return accept4(listener, (struct sockaddr *)peer, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int linux_socket_stream(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

ssize_t linux_receive(int descriptor, void *bytes, size_t length, int flags) {
    return syscall(SYS_recvfrom, descriptor, bytes, length, flags, NULL, NULL);
}

ssize_t linux_send(int descriptor, const void *bytes, size_t length) {
    return syscall(SYS_sendto, descriptor, bytes, length, MSG_NOSIGNAL, NULL, 0);
}

static int linux_set_option(int descriptor, int level, int option, int value) {
    return setsockopt(descriptor, level, option, &value, sizeof value);
}

int linux_stamp_arrivals(int descriptor) {
    return linux_set_option(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1);
}

ssize_t linux_receive_stamped(int descriptor, void *bytes, size_t length, int64_t *stamp) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(struct timespec))];
    } control;
    struct iovec room = {.iov_base = bytes, .iov_len = length};
    struct msghdr message = {
        .msg_iov = &room,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes};
    *stamp = 0;
    ssize_t count = syscall(SYS_recvmsg, descriptor, &message, 0);
    if (count <= 0) return count;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPNS) continue;
        struct timespec time;
        memcpy(&time, CMSG_DATA(header), sizeof time);
        *stamp = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
    }
    return count;
}

int linux_reuse_address(int descriptor) {
    return linux_set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
}

int linux_reuse_port(int descriptor) {
    return linux_set_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
}

int linux_no_delay(int descriptor) {
    return linux_set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
}

int linux_unsent_limit(int descriptor, int bytes) {
    return linux_set_option(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes);
}

int linux_ipv6_only(int descriptor) {
    return linux_set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

int linux_precise_timers(void) { return prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0); }

int linux_occupy_standard_descriptors(void) {
    for (int number = 0; number <= 2; number++) {
        if (fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
        // A place that can neither be read nor written, and that is there without /dev as well. The
        // lowest free number is this one.
        if (open("/", O_PATH | O_DIRECTORY) < 0) return -1;
    }
    return 0;
}

static int given_count;
static char **given_arguments;

// The C library hands a program's constructors what it hands main.
__attribute__((constructor)) static void keep_arguments(int count, char **arguments) {
    if (count <= 0 || arguments == NULL) return;
    given_arguments = calloc((size_t)count, sizeof *given_arguments);
    if (given_arguments == NULL) return;
    for (int index = 0; index < count && arguments[index] != NULL; index++) {
        given_arguments[index] = strdup(arguments[index]);
        if (given_arguments[index] == NULL) return;
        given_count = index + 1;
    }
}

int linux_argument_count(void) { return given_count; }

const char *linux_argument(int index) {
    return index >= 0 && index < given_count ? given_arguments[index] : NULL;
}

const char *linux_environment(int index) { return environ == NULL ? NULL : environ[index]; }

int linux_signal_descriptor(void) {
    sigset_t set;
    sigfillset(&set);
    // Those of a fault of the process itself: they must not be put off.
    const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
    for (size_t index = 0; index < sizeof faults / sizeof *faults; index++) {
        sigdelset(&set, faults[index]);
    }
    // Those that end nothing, and those of a person at a terminal.
    const int harmless[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGTSTP, SIGTTIN, SIGTTOU};
    for (size_t index = 0; index < sizeof harmless / sizeof *harmless; index++) {
        sigdelset(&set, harmless[index]);
    }
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    return signalfd(-1, &set, SFD_CLOEXEC);
}

int linux_first_realtime_signal(void) { return SIGRTMIN; }

void linux_end_by_signal(int number) {
    signal(number, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    raise(number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    _exit(128 + number);
}

// Written before a handler can read it, and by one thread.
static char file_to_remove[PATH_MAX];

static void remove_file_and_end(int number) {
    unlink(file_to_remove);
    // Its own handler is gone by now (SA_RESETHAND): it ends the process when this returns.
    raise(number);
}

int linux_remove_before_end_by_signal(const char *path) {
    if (strlen(path) >= sizeof file_to_remove) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(file_to_remove, path);
    const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};
    for (size_t index = 0; index < sizeof ends / sizeof *ends; index++) {
        struct sigaction before;
        if (sigaction(ends[index], NULL, &before) != 0) return -1;
        if (before.sa_handler == SIG_IGN) continue;
        struct sigaction action = {.sa_handler = remove_file_and_end, .sa_flags = SA_RESETHAND};
        sigemptyset(&action.sa_mask);
        if (sigaction(ends[index], &action, NULL) != 0) return -1;
    }
    return 0;
}

int linux_unnamed_file_flag(void) { return O_TMPFILE; }

int linux_next_signal(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t count = read(descriptor, &info, sizeof info);
    return count == (ssize_t)sizeof info ? (int)info.ssi_signo : -1;
}

static int linux_ignore(int number) { return signal(number, SIG_IGN) == SIG_ERR ? -1 : 0; }

int linux_ignore_broken_pipes(void) { return linux_ignore(SIGPIPE); }

int linux_ignore_file_size_limit(void) { return linux_ignore(SIGXFSZ); }

int linux_ignore_terminal_stops(void) { return linux_ignore(SIGTTOU); }

int linux_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

int linux_thread_number(void) { return (int)syscall(SYS_gettid); }

int64_t linux_thread_busy(int number) {
    char text[96];
    snprintf(text, sizeof text, "/proc/self/task/%d/schedstat", number);
    int file = open(text, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t length = read(file, text, sizeof text - 1);
        close(file);
        text[length > 0 ? length : 0] = 0;
        unsigned long long ran, waited;
        if (sscanf(text, "%llu %llu", &ran, &waited) == 2) return (int64_t)(ran + waited);
    }
    // A thread's own clock of the processor, named by its number (clock_getcpuclockid(3) does so
    // for processes, pthread_getcpuclockid(3) for threads that the library knows).
    struct timespec time;
    clockid_t clock = (clockid_t)((~(unsigned)number << 3) | 6);
    if (clock_gettime(clock, &time) != 0) return -1;
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

ssize_t linux_access_list(int descriptor, void *bytes, size_t length) {
    return fgetxattr(descriptor, "system.posix_acl_access", bytes, length);
}

void *linux_remap(void *start, size_t length, size_t new_length) {
    void *moved = mremap(start, length, new_length, MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? NULL : moved;
}

int linux_pending_error(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : -1;
}

int linux_is_listening(int descriptor) {
    int listens = 0, protocol = 0;
    socklen_t length = sizeof listens;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0) return -1;
    length = sizeof protocol;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) != 0) return -1;
    return listens && protocol == IPPROTO_TCP;
}

int linux_send_datagram(const char *name, const void *bytes, size_t length) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t name_length = strlen(name);
    if (name_length == 0 || name_length >= sizeof address.sun_path) {
        errno = EINVAL;
        return -1;
    }
    memcpy(address.sun_path, name, name_length);
    // An abstract name begins with a zero byte and ends with its length.
    if (name[0] == '@') address.sun_path[0] = '\0';
    int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (sender < 0) return -1;
    struct timeval patience = {.tv_sec = 1};
    setsockopt(sender, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    socklen_t address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name_length);
    ssize_t sent = sendto(
        sender, bytes, length, MSG_NOSIGNAL, (struct sockaddr *)&address, address_length);
    int error = errno;
    close(sender);
    errno = error;
    return sent == (ssize_t)length ? 0 : -1;
}

int linux_pin_to_core(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    return sched_setaffinity(0, sizeof set, &set);
}

int linux_allowed_core(int first) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
    for (int core = first; core < CPU_SETSIZE; core++) {
        if (CPU_ISSET(core, &set)) return core;
    }
    return -1;
}

int linux_take_short_turns(int more) {
    // Of this thread: on Linux a niceness is a thread's.
    int niceness = getpriority(PRIO_PROCESS, 0) + more;
    if (niceness > 19) niceness = 19;
    // The kernel's sched_attr as it was at first: the C library of older systems does not name it.
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {.size = sizeof attributes, .policy = SCHED_OTHER, .nice = niceness, .runtime = 100000};
    return (int)syscall(SYS_sched_setattr, 0, &attributes, 0);
}

enum { large_block_bytes = 128 << 10 };

void linux_keep_no_large_blocks(void) {
    mallopt(M_MMAP_THRESHOLD, large_block_bytes);
    mallopt(M_TRIM_THRESHOLD, large_block_bytes);
}

void linux_return_memory(void) { malloc_trim(0); }

int64_t linux_synchronized_seconds(void) {
    struct timex state = {.modes = 0};
    int answer = adjtimex(&state);
    if (answer < 0 || answer == TIME_ERROR || (state.status & STA_UNSYNC) != 0) return 0;
    return (int64_t)state.time.tv_sec;
}

static pthread_once_t columns_once = PTHREAD_ONCE_INIT;
static locale_t columns_locale;

static void make_columns_locale(void) { columns_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

int linux_character_columns(uint32_t character) {
    // Shown as a picture: the character before it takes a second column.
    if (character == 0xFE0F) return 1;
    pthread_once(&columns_once, make_columns_locale);
    if (!columns_locale) return 1;
    locale_t before = uselocale(columns_locale);
    int columns = wcwidth((wchar_t)character);
    uselocale(before);
    return columns < 0 ? 1 : columns;
}
