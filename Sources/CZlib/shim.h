// zlib as Swift sees it. `deflateInit2` is a macro, so it comes as a function here.
#ifndef PORTILLON_CZLIB_SHIM_H
#define PORTILLON_CZLIB_SHIM_H

#include <zlib.h>

/// Starts a compressor that writes a gzip member (RFC 1952): window of 2^15 bytes, +16 for gzip's
/// header and trailer in place of zlib's, and zlib's default for the memory.
static inline int portillon_deflate_init_gzip(z_streamp stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

#endif
