// Measures two things, one after the other, as cheaply as a client can:
//
//   latency-probe disk FILE COUNT
//       COUNT times 8 KiB written into a file that was filled with zeros, and fdatasync.
//   latency-probe entries PORT KEY OPERATION RUN COUNT
//       COUNT entries on one connection, each sent when the one before is answered.
//
// Prints the nanoseconds of each, one a line: statistics are the caller's.

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    page_bytes = 8192,
    // The file is written round and round, so that it never grows.
    file_pages = 2048,
    largest_count = 10 * 1000 * 1000,
    exit_unexpected = 1,
    exit_usage = 64,
    exit_io = 74,
};

static void give_up(const char *what) {
    fprintf(stderr, "latency-probe: %s: %s\n", what, strerror(errno));
    exit(exit_io);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static long count_from(const char *text) {
    char *end;
    long count = strtol(text, &end, 10);
    if (*end != '\0' || count < 1 || count > largest_count) {
        fprintf(stderr, "latency-probe: '%s' is not a count from 1 to %d\n", text, largest_count);
        exit(exit_usage);
    }
    return count;
}

static void print(const uint64_t *durations, long count) {
    for (long index = 0; index < count; index++) printf("%" PRIu64 "\n", durations[index]);
}

static void write_page(int file, const char *path, const char *page, long index) {
    off_t offset = (off_t)(index % file_pages) * page_bytes;
    if (pwrite(file, page, page_bytes, offset) != page_bytes) give_up(path);
}

static void measure_disk(const char *path, uint64_t *durations, long count) {
    static char page[page_bytes];
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) give_up(path);
    for (long index = 0; index < file_pages; index++) write_page(file, path, page, index);
    if (fsync(file) != 0) give_up(path);
    memset(page, 0x5A, page_bytes);
    for (long index = 0; index < count; index++) {
        uint64_t start = now();
        write_page(file, path, page, index);
        if (fdatasync(file) != 0) give_up(path);
        durations[index] = now() - start;
    }
    close(file);
    unlink(path);
}

static int connect_to(long port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0) give_up("socket");
    int on = 1;
    if (setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        give_up("TCP_NODELAY");
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0) give_up("connect");
    return connection;
}

static void send_all(int connection, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(connection, bytes, length, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EINTR) continue;
            give_up("send");
        }
        bytes += sent;
        length -= (size_t)sent;
    }
}

// Reads one answer whole; only 201 is expected: everything else ends the measurement.
static void receive_accepted(int connection) {
    static char answer[65536];
    size_t length = 0, whole = 0;
    while (whole == 0 || length < whole) {
        if (length == sizeof answer - 1) {
            fprintf(stderr, "latency-probe: an answer over 64 KiB\n");
            exit(exit_unexpected);
        }
        ssize_t got = recv(connection, answer + length, sizeof answer - 1 - length, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) give_up("recv");
        if (got == 0) {
            fprintf(stderr, "latency-probe: the server closed the connection\n");
            exit(exit_unexpected);
        }
        length += (size_t)got;
        answer[length] = '\0';
        char *body = whole == 0 ? strstr(answer, "\r\n\r\n") : NULL;
        if (body) {
            char *field = strcasestr(answer, "\r\ncontent-length:");
            if (!field || field > body) {
                fprintf(stderr, "latency-probe: an answer without Content-Length\n");
                exit(exit_unexpected);
            }
            whole = (size_t)(body + 4 - answer) + strtoul(field + 17, NULL, 10);
        }
    }
    if (strncmp(answer, "HTTP/1.1 201 ", 13) != 0) {
        fprintf(stderr, "latency-probe: not 201: %.*s\n", (int)strcspn(answer, "\r\n"), answer);
        exit(exit_unexpected);
    }
}

static void measure_entries(char **arguments, uint64_t *durations, long count) {
    const char *key = arguments[1], *operation = arguments[2], *run = arguments[3];
    int connection = connect_to(count_from(arguments[0]));
    for (long index = 0; index < count; index++) {
        char body[512], request[2048];
        int body_length = snprintf(
            body, sizeof body,
            "{\"participant\":\"%s-%09ld\","
            "\"fields\":{\"email\":\"p%09ld@example.fr\",\"answer\":\"B\"}}",
            run, index, index);
        int length = snprintf(
            request, sizeof request,
            "POST /v1/operations/%s/entries HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Content-Type: application/json\r\nAuthorization: Bearer %s\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Safari/537.36\r\nAccept-Language: fr-FR,fr;q=0.9,en;q=0.8\r\n"
            "Accept-Encoding: gzip, deflate, br\r\nContent-Length: %d\r\n\r\n%s",
            operation, key, body_length, body);
        if (body_length >= (int)sizeof body || length >= (int)sizeof request) {
            fprintf(stderr, "latency-probe: the key, operation or run is too long\n");
            exit(exit_usage);
        }
        uint64_t start = now();
        send_all(connection, request, (size_t)length);
        receive_accepted(connection);
        durations[index] = now() - start;
    }
    close(connection);
}

int main(int argc, char **argv) {
    int disk = argc == 4 && strcmp(argv[1], "disk") == 0;
    int entries = argc == 7 && strcmp(argv[1], "entries") == 0;
    if (!disk && !entries) {
        fprintf(stderr,
            "Usage: latency-probe disk FILE COUNT\n"
            "       latency-probe entries PORT KEY OPERATION RUN COUNT\n");
        return exit_usage;
    }
    long count = count_from(argv[argc - 1]);
    uint64_t *durations = calloc((size_t)count, sizeof *durations);
    if (!durations) give_up("memory");
    if (disk) measure_disk(argv[2], durations, count);
    else measure_entries(argv + 2, durations, count);
    print(durations, count);
    return fflush(stdout) == 0 ? 0 : exit_io;
}
