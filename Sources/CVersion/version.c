#include "CVersion.h"

#ifndef PORTILLON_COMMIT
#define PORTILLON_COMMIT ""
#endif

const char *version_commit(void) {
    return PORTILLON_COMMIT;
}
