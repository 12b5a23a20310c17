// What a build is told of itself: Swift's own conditions carry no values.
#ifndef CVERSION_H
#define CVERSION_H

// The commit that the program was built from; empty where the build was told none.
const char *version_commit(void);

#endif
