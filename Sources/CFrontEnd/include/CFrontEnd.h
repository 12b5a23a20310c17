// The files of ops/front-end and ops/room, as they were when the program was built.
#ifndef CFRONTEND_H
#define CFRONTEND_H

// How many files there are; indices count from 0.
int front_end_count(void);

// A file's path below ops/front-end; of ops/room, below ops. Ends with a zero byte.
const char *front_end_name(int index);

// A file's bytes, and how many there are.
const unsigned char *front_end_bytes(int index);
unsigned long front_end_length(int index);

#endif
