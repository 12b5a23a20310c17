// Takes a program's syncs away, by LD_PRELOAD: what is written stays in the kernel's memory until
// the kernel pleases. Tests/Cluster/power shows with it that it finds what is lost then.

#include <stddef.h>

int fsync(int descriptor)
{
    (void)descriptor;
    return 0;
}

int fdatasync(int descriptor)
{
    (void)descriptor;
    return 0;
}

int syncfs(int descriptor)
{
    (void)descriptor;
    return 0;
}

int msync(void *address, size_t length, int flags)
{
    (void)address;
    (void)length;
    (void)flags;
    return 0;
}
