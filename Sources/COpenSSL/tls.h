// What Swift needs of OpenSSL's TLS: the profile of a server, and macros as functions.

#ifndef PORTILLON_COPENSSL_TLS_H
#define PORTILLON_COPENSSL_TLS_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// What both sides of ours have in common: no buffer while a connection is idle, answers that may
// move in memory between two tries, one read of the kernel for as much as there is. A stream that
// ends without close_notify is an end like any other: HTTP says by itself whether all has come.
static inline void portillon_tls_prepare(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION
                                     | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                                  | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

// A server's context by Mozilla's intermediate profile (Server Side TLS), or null. Of its cipher
// suites those with finite-field DHE are left out, as its next version does: they make the server
// work hard for whoever asks (CVE-2002-20001), and all clients of the profile know ECDHE.
static inline SSL_CTX *portillon_tls_server_new(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL) return NULL;
    portillon_tls_prepare(context);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1
        && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1
        && SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                             "TLS_CHACHA20_POLY1305_SHA256") == 1
        && SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES128-GCM-SHA256:"
                                            "ECDHE-RSA-AES128-GCM-SHA256:"
                                            "ECDHE-ECDSA-AES256-GCM-SHA384:"
                                            "ECDHE-RSA-AES256-GCM-SHA384:"
                                            "ECDHE-ECDSA-CHACHA20-POLY1305:"
                                            "ECDHE-RSA-CHACHA20-POLY1305") == 1
        && SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1
        // Early data could be sent again by anybody. A client that sends some, with a ticket of
        // another server, has it skipped (RFC 8446, 4.2.10).
        && SSL_CTX_set_max_early_data(context, 0) == 1)
        return context;
    SSL_CTX_free(context);
    return NULL;
}

// A client's context that trusts nobody yet, or null.
static inline SSL_CTX *portillon_tls_client_new(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL) return NULL;
    portillon_tls_prepare(context);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1) return context;
    SSL_CTX_free(context);
    return NULL;
}

static inline void portillon_tls_on_server_name(SSL_CTX *context,
                                                int (*callback)(SSL *, int *, void *)) {
    SSL_CTX_set_tlsext_servername_callback(context, callback);
}

// Whether the last attempt to read something from PEM failed because nothing more was there.
static inline int portillon_pem_has_ended(void) {
    unsigned long error = ERR_peek_last_error();
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static inline int portillon_tls_set_server_name(SSL *session, const char *name) {
    return (int)SSL_set_tlsext_host_name(session, name);
}

// A place for something of ours in every context; `release` is called with it at the context's end.
static inline int portillon_tls_context_place(CRYPTO_EX_free *release) {
    return SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, release);
}

// Tells a ticket's MAC what it is: HMAC-SHA-256 under this key.
static inline int portillon_tls_ticket_mac(EVP_MAC_CTX *mac, const unsigned char *key,
                                           size_t length) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)key, length),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, parameters);
}

#endif
