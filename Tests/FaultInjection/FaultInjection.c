#define _GNU_SOURCE

#include "FaultInjection.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// MARK: Rules

enum { most_rules = 16, longest_text = 1024, exit_usage = 64 };

typedef enum {
    call_open,
    call_write,
    call_pwrite,
    call_pread,
    call_fsync,
    call_fdatasync,
    call_rename,
    call_ftruncate,
    call_fallocate,
    call_unlink,
    call_link,
} Call;

static const char *const canonical_names[] = {
    "open",   "write",     "pwrite",    "pread",  "fsync", "fdatasync",
    "rename", "ftruncate", "fallocate", "unlink", "link",
};

static const struct {
    const char *name;
    Call call;
} call_names[] = {
    {"open", call_open},           {"openat", call_open},
    {"open64", call_open},         {"openat64", call_open},
    {"write", call_write},         {"writev", call_write},
    {"pwrite", call_pwrite},       {"pwrite64", call_pwrite},
    {"pwritev", call_pwrite},      {"pread", call_pread},
    {"pread64", call_pread},       {"fsync", call_fsync},
    {"fdatasync", call_fdatasync}, {"rename", call_rename},
    {"renameat", call_rename},     {"ftruncate", call_ftruncate},
    {"fallocate", call_fallocate}, {"posix_fallocate", call_fallocate},
    {"unlink", call_unlink},       {"unlinkat", call_unlink},
    {"link", call_link},           {"linkat", call_link},
};

// A short transfer is not an error, nor is a call that succeeds when the rule is gone, nor the end of
// the process instead of the call: they have numbers of their own.
// A call that is slow by so many milliseconds has a number below that of fault_slow.
enum { no_fault = 0, fault_short = -1, fault_hang = -2, fault_kill = -3, fault_slow = -1000 };

static const struct {
    const char *name;
    int error;
} error_names[] = {
    {"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EINTR", EINTR},
    {"EDQUOT", EDQUOT}, {"EMFILE", EMFILE}, {"SHORT", fault_short},
    {"HANG", fault_hang}, {"KILL", fault_kill}, {"EOPNOTSUPP", EOPNOTSUPP},
};

typedef struct {
    Call call;
    int error;
    unsigned long first;
    bool and_after;
    unsigned long seen;
} Rule;

// Everything below is guarded by this lock; the library is for tests, where waiting is harmless.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool configured;
static char directory[PATH_MAX];
static const char *control_file;
static struct stat control_state;
static int log_file = -1;
static Rule rules[most_rules];
static int rule_count;

__attribute__((noreturn)) static void refuse(const char *rule) {
    fprintf(stderr, "FaultInjection: cannot read the rule '%s'\n", rule);
    _exit(exit_usage);
}

static void parse_rule(char *text) {
    char *rest = text, whole[longest_text];
    snprintf(whole, sizeof whole, "%s", text);
    char *call = strsep(&rest, ":"), *error = strsep(&rest, ":"), *number = rest;
    if (!call || !error || !number || rule_count == most_rules) refuse(whole);
    Rule rule = {0};
    bool known_call = false, known_error = false;
    for (size_t i = 0; i < sizeof call_names / sizeof *call_names; i++)
        if (strcmp(call, call_names[i].name) == 0) rule.call = call_names[i].call, known_call = true;
    for (size_t i = 0; i < sizeof error_names / sizeof *error_names; i++)
        if (strcmp(error, error_names[i].name) == 0)
            rule.error = error_names[i].error, known_error = true;
    char *end;
    if (strncmp(error, "SLOW", 4) == 0) {
        unsigned long milliseconds = strtoul(error + 4, &end, 10);
        known_error = *end == '\0' && milliseconds > 0 && milliseconds <= 100000;
        if (known_error) rule.error = fault_slow - (int)milliseconds;
    }
    rule.first = strtoul(number, &end, 10);
    rule.and_after = *end == '+';
    if (rule.and_after) end++;
    if (!known_call || !known_error || rule.first == 0 || *end != '\0') refuse(whole);
    if (rule.error == fault_short && rule.call != call_write && rule.call != call_pwrite &&
        rule.call != call_pread)
        refuse(whole);
    rules[rule_count++] = rule;
}

static void parse_rules(const char *text) {
    char copy[longest_text];
    snprintf(copy, sizeof copy, "%s", text);
    copy[strcspn(copy, "\n")] = '\0';
    rule_count = 0;
    if (strcmp(copy, "off") == 0) return;
    char *rest = copy, *rule;
    while ((rule = strsep(&rest, ",")))
        if (*rule) parse_rule(rule);
}

// The library's own calls go to the kernel directly: they must never strike themselves.
static void read_control_file(void) {
    char text[longest_text] = "";
    int file = (int)syscall(SYS_openat, AT_FDCWD, control_file, O_RDONLY | O_CLOEXEC, 0);
    if (file >= 0) {
        if (syscall(SYS_read, file, text, sizeof text - 1) < 0) text[0] = '\0';
        syscall(SYS_close, file);
    }
    parse_rules(text);
}

static void refresh_rules(void) {
    struct stat state = {0};
    // A missing file is a state too: no rules, until it comes.
    if (stat(control_file, &state) != 0) memset(&state, 0, sizeof state);
    if (state.st_ino == control_state.st_ino && state.st_size == control_state.st_size &&
        state.st_mtim.tv_sec == control_state.st_mtim.tv_sec &&
        state.st_mtim.tv_nsec == control_state.st_mtim.tv_nsec)
        return;
    control_state = state;
    read_control_file();
}

static void configure(void) {
    configured = true;
    const char *below = getenv("FAULT_INJECTION_DIR");
    if (!below) return;
    // Descriptors are named by resolved paths, so the directory must be too; it may not exist yet.
    if (!realpath(below, directory)) snprintf(directory, sizeof directory, "%s", below);
    const char *log = getenv("FAULT_INJECTION_LOG");
    if (log)
        log_file = (int)syscall(
            SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    control_file = getenv("FAULT_INJECTION_FILE");
    const char *text = getenv("FAULT_INJECTION");
    if (!control_file && text) parse_rules(text);
}

// MARK: Paths

static bool is_below(const char *path) {
    size_t length = strlen(directory);
    return length > 0 && strncmp(path, directory, length) == 0 &&
           (path[length] == '/' || path[length] == '\0');
}

static bool path_of_descriptor(int descriptor, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0) return false;
    path[length] = '\0';
    return true;
}

// Where `name`, relative to the directory `at`, leads; without looking at the last component.
static bool path_of_name(int at, const char *name, char *path, size_t size) {
    char base[PATH_MAX] = "";
    if (name[0] == '/') return snprintf(path, size, "%s", name) < (int)size;
    if (at == AT_FDCWD) {
        if (!getcwd(base, sizeof base)) return false;
    } else if (!path_of_descriptor(at, base, sizeof base)) {
        return false;
    }
    return snprintf(path, size, "%s/%s", base, name) < (int)size;
}

// MARK: The decision

static const char *error_name(int error) {
    for (size_t i = 0; i < sizeof error_names / sizeof *error_names; i++)
        if (error_names[i].error == error) return error_names[i].name;
    return error < fault_slow ? "SLOW" : "?";
}

static void log_fault(Call call, int error, const char *path) {
    char line[PATH_MAX + 64];
    int length = snprintf(
        line, sizeof line, "%s %s %s\n", canonical_names[call], error_name(error), path);
    if (log_file >= 0 && length > 0) syscall(SYS_write, log_file, line, (size_t)length);
}

static bool any_rule_for(Call call) {
    for (int i = 0; i < rule_count; i++)
        if (rules[i].call == call) return true;
    return false;
}

static bool hangs(Call call) {
    for (int i = 0; i < rule_count; i++)
        if (rules[i].call == call && rules[i].error == fault_hang) return true;
    return false;
}

// What is to happen to this call: no_fault, fault_short or an errno. errno itself stays as it was.
static int fault(Call call, int at, const char *name, int other_at, const char *other_name) {
    int saved = errno, struck = no_fault;
    pthread_mutex_lock(&lock);
    if (!configured) configure();
    if (directory[0] && control_file) refresh_rules();
    char path[PATH_MAX];
    bool matches = any_rule_for(call);
    if (matches) {
        bool found = name ? path_of_name(at, name, path, sizeof path)
                          : path_of_descriptor(at, path, sizeof path);
        matches = found && is_below(path);
        if (!matches && other_name)
            matches = path_of_name(other_at, other_name, path, sizeof path) && is_below(path);
    }
    for (int i = 0; matches && i < rule_count; i++) {
        Rule *rule = &rules[i];
        if (rule->call != call) continue;
        rule->seen++;
        bool now = rule->seen == rule->first || (rule->and_after && rule->seen > rule->first);
        if (now && struck == no_fault) struck = rule->error;
    }
    pthread_mutex_unlock(&lock);
    // Without the lock: whoever reads it may send a signal, whose handler calls what is struck.
    if (struck != no_fault) log_fault(call, struck, path);
    if (struck == fault_kill) {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
    if (struck < fault_slow) {
        long milliseconds = fault_slow - struck;
        nanosleep(
            &(struct timespec){
                .tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000},
            NULL);
        struck = no_fault;
    }
    while (struck == fault_hang) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        pthread_mutex_lock(&lock);
        refresh_rules();
        if (!hangs(call)) struck = no_fault;
        pthread_mutex_unlock(&lock);
    }
    errno = saved;
    return struck;
}

static int fault_on(Call call, int descriptor) { return fault(call, descriptor, NULL, 0, NULL); }

static size_t shortened(int struck, size_t length) {
    return struck == fault_short && length > 1 ? length / 2 : length;
}

// MARK: The calls

#define REAL(name)                                          \
    static __typeof__(&name) real;                          \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define FAIL_IF(decision)        \
    do {                         \
        int failure = decision;  \
        if (failure > 0) {       \
            errno = failure;     \
            return -1;           \
        }                        \
    } while (0)

// The mode is there only where a file may be made; reading it otherwise would be undefined.
#define TAKE_MODE(flags)                                    \
    mode_t mode = 0;                                        \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                \
        va_list arguments;                                  \
        va_start(arguments, flags);                         \
        mode = va_arg(arguments, mode_t);                   \
        va_end(arguments);                                  \
    }

#define INTERPOSE_OPEN(symbol)                              \
    int symbol(const char *name, int flags, ...) {          \
        TAKE_MODE(flags)                                    \
        REAL(symbol);                                       \
        int struck = fault(call_open, AT_FDCWD, name, 0, NULL); \
        FAIL_IF(struck);                                    \
        return real(name, flags, mode);                     \
    }

#define INTERPOSE_OPENAT(symbol)                            \
    int symbol(int at, const char *name, int flags, ...) {  \
        TAKE_MODE(flags)                                    \
        REAL(symbol);                                       \
        int struck = fault(call_open, at, name, 0, NULL);   \
        FAIL_IF(struck);                                    \
        return real(at, name, flags, mode);                 \
    }

INTERPOSE_OPEN(open)
INTERPOSE_OPEN(open64)
INTERPOSE_OPENAT(openat)
INTERPOSE_OPENAT(openat64)

ssize_t write(int descriptor, const void *bytes, size_t length) {
    REAL(write);
    int struck = fault_on(call_write, descriptor);
    FAIL_IF(struck);
    return real(descriptor, bytes, shortened(struck, length));
}

#define INTERPOSE_PWRITE(symbol, offset_type)                                       \
    ssize_t symbol(int descriptor, const void *bytes, size_t length, offset_type offset) { \
        REAL(symbol);                                                               \
        int struck = fault_on(call_pwrite, descriptor);                             \
        FAIL_IF(struck);                                                            \
        return real(descriptor, bytes, shortened(struck, length), offset);          \
    }

#define INTERPOSE_PREAD(symbol, offset_type)                                        \
    ssize_t symbol(int descriptor, void *bytes, size_t length, offset_type offset) { \
        REAL(symbol);                                                               \
        int struck = fault_on(call_pread, descriptor);                              \
        FAIL_IF(struck);                                                            \
        return real(descriptor, bytes, shortened(struck, length), offset);          \
    }

INTERPOSE_PWRITE(pwrite, off_t)
INTERPOSE_PWRITE(pwrite64, off64_t)
INTERPOSE_PREAD(pread, off_t)
INTERPOSE_PREAD(pread64, off64_t)

// A short gathered write: the first half of the first part that is not empty.
static struct iovec first_half(const struct iovec *parts, int count) {
    struct iovec half = {0};
    for (int i = 0; i < count && half.iov_len == 0; i++) half = parts[i];
    half.iov_len = shortened(fault_short, half.iov_len);
    return half;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    REAL(writev);
    int struck = fault_on(call_write, descriptor);
    FAIL_IF(struck);
    if (struck == no_fault) return real(descriptor, parts, count);
    struct iovec half = first_half(parts, count);
    return real(descriptor, &half, 1);
}

#define INTERPOSE_PWRITEV(symbol, offset_type)                                      \
    ssize_t symbol(int descriptor, const struct iovec *parts, int count, offset_type offset) { \
        REAL(symbol);                                                               \
        int struck = fault_on(call_pwrite, descriptor);                             \
        FAIL_IF(struck);                                                            \
        if (struck == no_fault) return real(descriptor, parts, count, offset);      \
        struct iovec half = first_half(parts, count);                               \
        return real(descriptor, &half, 1, offset);                                  \
    }

INTERPOSE_PWRITEV(pwritev, off_t)
INTERPOSE_PWRITEV(pwritev64, off64_t)

int fsync(int descriptor) {
    REAL(fsync);
    FAIL_IF(fault_on(call_fsync, descriptor));
    return real(descriptor);
}

int fdatasync(int descriptor) {
    REAL(fdatasync);
    FAIL_IF(fault_on(call_fdatasync, descriptor));
    return real(descriptor);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    FAIL_IF(fault(call_rename, AT_FDCWD, from, AT_FDCWD, to));
    return real(from, to);
}

int renameat(int from_at, const char *from, int to_at, const char *to) {
    REAL(renameat);
    FAIL_IF(fault(call_rename, from_at, from, to_at, to));
    return real(from_at, from, to_at, to);
}

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned int flags) {
    REAL(renameat2);
    FAIL_IF(fault(call_rename, from_at, from, to_at, to));
    return real(from_at, from, to_at, to, flags);
}

int link(const char *from, const char *to) {
    REAL(link);
    FAIL_IF(fault(call_link, AT_FDCWD, from, AT_FDCWD, to));
    return real(from, to);
}

int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
    REAL(linkat);
    FAIL_IF(fault(call_link, from_at, from, to_at, to));
    return real(from_at, from, to_at, to, flags);
}

int unlink(const char *name) {
    REAL(unlink);
    FAIL_IF(fault(call_unlink, AT_FDCWD, name, 0, NULL));
    return real(name);
}

int unlinkat(int at, const char *name, int flags) {
    REAL(unlinkat);
    FAIL_IF(fault(call_unlink, at, name, 0, NULL));
    return real(at, name, flags);
}

#define INTERPOSE_FTRUNCATE(symbol, offset_type)                    \
    int symbol(int descriptor, offset_type length) {                \
        REAL(symbol);                                               \
        FAIL_IF(fault_on(call_ftruncate, descriptor));              \
        return real(descriptor, length);                            \
    }

#define INTERPOSE_FALLOCATE(symbol, offset_type)                                    \
    int symbol(int descriptor, int mode, offset_type offset, offset_type length) {  \
        REAL(symbol);                                                               \
        FAIL_IF(fault_on(call_fallocate, descriptor));                              \
        return real(descriptor, mode, offset, length);                              \
    }

// These give the error back in place of setting errno.
#define INTERPOSE_POSIX_FALLOCATE(symbol, offset_type)                              \
    int symbol(int descriptor, offset_type offset, offset_type length) {            \
        REAL(symbol);                                                               \
        int struck = fault_on(call_fallocate, descriptor);                          \
        return struck > 0 ? struck : real(descriptor, offset, length);              \
    }

INTERPOSE_FTRUNCATE(ftruncate, off_t)
INTERPOSE_FTRUNCATE(ftruncate64, off64_t)
INTERPOSE_FALLOCATE(fallocate, off_t)
INTERPOSE_FALLOCATE(fallocate64, off64_t)
INTERPOSE_POSIX_FALLOCATE(posix_fallocate, off_t)
INTERPOSE_POSIX_FALLOCATE(posix_fallocate64, off64_t)

// MARK: Arguments

typedef int Main(int, char **, char **);
typedef int Start(Main *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

static Main *real_main;

static int main_without_arguments(int count, char **arguments, char **environment) {
    char **copies = calloc((size_t)count + 1, sizeof *copies);
    for (int index = 0; copies && index < count; index++) {
        copies[index] = strdup(arguments[index]);
        memset(arguments[index], 0, strlen(arguments[index]));
    }
    return real_main(count, copies ? copies : arguments, environment);
}

int __libc_start_main(
    Main *program, int count, char **arguments, void (*begin)(void), void (*end)(void),
    void (*end_linker)(void), void *stack_end) {
    Start *next = (Start *)dlsym(RTLD_NEXT, "__libc_start_main");
    real_main = program;
    if (getenv("FAULT_INJECTION_HIDE_ARGUMENTS")) program = main_without_arguments;
    return next(program, count, arguments, begin, end, end_linker, stack_end);
}
