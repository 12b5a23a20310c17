// What Swift needs of OpenSSL 3: its headers, and one C function per hot operation.
//
// The functions return 1 for success and 0 for failure, as OpenSSL's own do. Contexts and fetched
// algorithms are made once by the caller and handed in: fetching by name costs a lookup under a
// lock. A pointer may be null where its length is 0.

#ifndef PORTILLON_COPENSSL_SHIMS_H
#define PORTILLON_COPENSSL_SHIMS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

// One SHA-256 over three parts in a row; 32 bytes go to `digest`.
static inline int portillon_sha256(EVP_MD_CTX *context, const EVP_MD *algorithm,
                                   const void *first, size_t first_length,
                                   const void *second, size_t second_length,
                                   const void *third, size_t third_length,
                                   unsigned char *digest) {
    return EVP_DigestInit_ex2(context, algorithm, NULL) == 1
        && (first_length == 0 || EVP_DigestUpdate(context, first, first_length) == 1)
        && (second_length == 0 || EVP_DigestUpdate(context, second, second_length) == 1)
        && (third_length == 0 || EVP_DigestUpdate(context, third, third_length) == 1)
        && EVP_DigestFinal_ex(context, digest, NULL) == 1;
}

// A context for HMAC-SHA-256 under `key`, or null.
static inline EVP_MAC_CTX *portillon_hmac_new(const unsigned char *key, size_t key_length) {
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
    if (algorithm == NULL) return NULL;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(algorithm);
    EVP_MAC_free(algorithm);
    if (context == NULL) return NULL;
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    // OpenSSL takes a null key for "the key of last time": an empty one needs an address too.
    static const unsigned char empty = 0;
    if (EVP_MAC_init(context, key_length == 0 ? &empty : key, key_length, parameters) != 1) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}

// One HMAC-SHA-256 over two parts in a row, under the key that the context was made with.
static inline int portillon_hmac(EVP_MAC_CTX *context,
                                 const unsigned char *first, size_t first_length,
                                 const unsigned char *second, size_t second_length,
                                 unsigned char *code) {
    size_t written = 0;
    return EVP_MAC_init(context, NULL, 0, NULL) == 1
        && (first_length == 0 || EVP_MAC_update(context, first, first_length) == 1)
        && (second_length == 0 || EVP_MAC_update(context, second, second_length) == 1)
        && EVP_MAC_final(context, code, &written, 32) == 1 && written == 32;
}

// PBKDF2 with HMAC-SHA-256 (RFC 8018); 32 bytes go to `key`.
static inline int portillon_pbkdf2(const void *password, size_t password_length,
                                   const void *salt, size_t salt_length,
                                   int iterations, unsigned char *key) {
    // OpenSSL takes a null password for an empty one, and no null salt.
    static const unsigned char empty = 0;
    return PKCS5_PBKDF2_HMAC((const char *)password, (int)password_length,
                             salt_length == 0 ? &empty : (const unsigned char *)salt,
                             (int)salt_length, iterations, EVP_sha256(), 32, key);
}

// Whether `signature` (64 bytes) is the one of Ed25519 (RFC 8032) over `message` by the owner of the
// public `key` (32 bytes). One that is not leaves an error in the thread's queue, where TLS on the
// same thread would find it: it is taken away.
static inline int portillon_ed25519_verify(const unsigned char *key,
                                           const unsigned char *signature,
                                           const unsigned char *message, size_t length) {
    static const unsigned char empty = 0;
    EVP_PKEY *owner = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int verified = owner != NULL && context != NULL
        && EVP_DigestVerifyInit(context, NULL, NULL, NULL, owner) == 1
        && EVP_DigestVerify(context, signature, 64, length == 0 ? &empty : message, length) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(owner);
    if (!verified) ERR_clear_error();
    return verified;
}

// AES-256-GCM over three parts in a row: ciphertext, then a tag of 16 bytes, go to `output`. The
// parts are gathered there first and enciphered in place: one call costs more than to copy them.
// `context` holds AES-256-GCM: to name the cipher again with each key would cost as much as to seal.
static inline int portillon_gcm_seal(EVP_CIPHER_CTX *context,
                                     const unsigned char *key, const unsigned char *nonce,
                                     const unsigned char *additional, size_t additional_length,
                                     const unsigned char *first, size_t first_length,
                                     const unsigned char *second, size_t second_length,
                                     const unsigned char *third, size_t third_length,
                                     unsigned char *output) {
    int written = 0;
    unsigned char nothing[16];
    size_t length = first_length + second_length + third_length;
    if (first_length != 0) memcpy(output, first, first_length);
    if (second_length != 0) memcpy(output + first_length, second, second_length);
    if (third_length != 0) memcpy(output + first_length + second_length, third, third_length);
    if (EVP_EncryptInit_ex2(context, NULL, key, nonce, NULL) != 1
        || (additional_length != 0
            && EVP_EncryptUpdate(context, NULL, &written, additional, (int)additional_length) != 1)
        || (length != 0
            && (EVP_EncryptUpdate(context, output, &written, output, (int)length) != 1
                || written != (int)length))
        || EVP_EncryptFinal_ex(context, nothing, &written) != 1)
        return 0;
    // What EVP_CTRL_AEAD_GET_TAG comes to, without the way there.
    OSSL_PARAM tag[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, output + length, 16),
        OSSL_PARAM_construct_end(),
    };
    return EVP_CIPHER_CTX_get_params(context, tag) == 1;
}

// Decrypts `length` bytes of ciphertext that the tag follows; 0 also where the tag is wrong, and
// then nothing of `output` may be used.
static inline int portillon_gcm_open(EVP_CIPHER_CTX *context,
                                     const unsigned char *key, const unsigned char *nonce,
                                     const unsigned char *additional, size_t additional_length,
                                     const unsigned char *input, size_t length,
                                     unsigned char *output) {
    int written = 0;
    unsigned char nothing[16];
    return EVP_DecryptInit_ex2(context, NULL, key, nonce, NULL) == 1
        && (additional_length == 0
            || EVP_DecryptUpdate(context, NULL, &written, additional, (int)additional_length) == 1)
        && (length == 0
            || EVP_DecryptUpdate(context, output, &written, input, (int)length) == 1)
        && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, (void *)(input + length)) == 1
        && EVP_DecryptFinal_ex(context, nothing, &written) == 1;
}

// The keys of `count` children of one parent in a tree of keys, from child `first` on, 32 bytes each:
// AES-256 under the parent's key of two blocks a child, all in one call. `level` is the children's.
// `context` holds AES-256-ECB without padding. `parent` may lie within `children`.
static inline int portillon_tree_children(EVP_CIPHER_CTX *context, const unsigned char *parent,
                                          unsigned char level, unsigned char first, int count,
                                          unsigned char *children) {
    static const unsigned char domain[13] = {'p', 'o', 'r', 't', 'i', 'l', 'l',
                                             'o', 'n', ' ', 'k', 't', '1'};
    int written = 0;
    // The schedule is made first: from here on the parent's bytes may be overwritten.
    if (EVP_EncryptInit_ex2(context, NULL, parent, NULL, NULL) != 1) return 0;
    for (int block = 0; block < 2 * count; block++) {
        unsigned char *input = children + 16 * block;
        memcpy(input, domain, sizeof domain);
        input[13] = level;
        input[14] = (unsigned char)(first + block / 2);
        input[15] = (unsigned char)(block % 2);
    }
    return EVP_EncryptUpdate(context, children, &written, children, 32 * count) == 1
        && written == 32 * count;
}

#endif
