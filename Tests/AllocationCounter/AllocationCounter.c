#include "AllocationCounter.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

static _Thread_local unsigned long calls;
static _Thread_local bool is_trapping;

unsigned long allocation_counter_of_this_thread(void) { return calls; }

void allocation_counter_trap(bool traps) { is_trapping = traps; }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(SANITIZED)

bool allocation_counter_counts(void) { return false; }

#else

bool allocation_counter_counts(void) { return true; }

// What is defined in a program goes before what its libraries define: all of them, the Swift runtime
// and libcrypto too, call these. glibc keeps its own under these names; free() stays glibc's.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void count(void) {
    calls++;
    if (is_trapping) __builtin_trap();
}

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    count();
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    count();
    void *allocated = __libc_memalign(alignment, size);
    if (allocated == NULL) return ENOMEM;
    *memory = allocated;
    return 0;
}

#endif
