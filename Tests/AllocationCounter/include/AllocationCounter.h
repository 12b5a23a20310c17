// Counts what a test's threads allocate. The test program's malloc is this module's: it counts, and
// hands on to glibc's. Under a sanitizer, which has a malloc of its own, nothing is counted.
#ifndef PORTILLON_ALLOCATION_COUNTER_H
#define PORTILLON_ALLOCATION_COUNTER_H

#include <stdbool.h>

/// Calls of malloc, calloc, realloc and their like that this thread has made.
unsigned long allocation_counter_of_this_thread(void);

/// Whether anything is counted.
bool allocation_counter_counts(void);

/// Ends the program at this thread's next allocation, with a stack to look at in a debugger; to
/// find out what allocates. False again for not.
void allocation_counter_trap(bool traps);

#endif
