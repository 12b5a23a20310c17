// nghttp2 as Swift sees it: HTTP/2's frames, header compression and flow control, without sockets.
#ifndef PORTILLON_CNGHTTP2_SHIM_H
#define PORTILLON_CNGHTTP2_SHIM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <nghttp2/nghttp2.h>

/// One field of a head; nghttp2 copies it.
static inline nghttp2_nv portillon_http2_field(const char *name, const char *value) {
    nghttp2_nv field = {(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
                        NGHTTP2_NV_FLAG_NONE};
    return field;
}

/// Submits one call of gRPC, whose message `read` hands over.
/// Returns the stream's number, or one of nghttp2's errors, which are negative.
static inline int32_t portillon_grpc_submit(nghttp2_session *session, const char *scheme,
                                            const char *authority, const char *path,
                                            nghttp2_data_source_read_callback read) {
    nghttp2_nv head[] = {
        portillon_http2_field(":method", "POST"),
        portillon_http2_field(":scheme", scheme),
        portillon_http2_field(":authority", authority),
        portillon_http2_field(":path", path),
        portillon_http2_field("te", "trailers"),
        portillon_http2_field("content-type", "application/grpc"),
        portillon_http2_field("user-agent", "portillon"),
    };
    nghttp2_data_provider body = {{.ptr = NULL}, read};
    return nghttp2_submit_request(session, NULL, head, sizeof head / sizeof head[0], &body, NULL);
}

/// Announces what a client takes: no pushed streams, windows of `window_bytes`, and so many bytes
/// of a head. Returns 0, or one of nghttp2's errors.
static inline int portillon_http2_announce(nghttp2_session *session, uint32_t window_bytes,
                                           uint32_t head_bytes) {
    nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window_bytes},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, head_bytes},
    };
    int error = nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings,
                                        sizeof settings / sizeof settings[0]);
    if (error != 0) return error;
    return nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                                 (int32_t)window_bytes);
}

/// A frame's stream; `nghttp2_frame` is a union.
static inline int32_t portillon_http2_stream(const nghttp2_frame *frame) {
    return frame->hd.stream_id;
}

#endif
