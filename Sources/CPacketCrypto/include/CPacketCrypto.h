// SPDX-License-Identifier: Apache-2.0
#pragma once

// A thin layer over libcrypto's EVP: the digests of session set-up, and one context per session for its packets.
// Every function that can fail returns 1 for success and 0 for failure.

#include <stddef.h>
#include <stdint.h>

enum { CPC_MD5_NUMBER = 1, CPC_SHA1_NUMBER = 2, CPC_SHA256_NUMBER = 3 };
static const int32_t CPC_MD5 = CPC_MD5_NUMBER;
static const int32_t CPC_SHA1 = CPC_SHA1_NUMBER;
static const int32_t CPC_SHA256 = CPC_SHA256_NUMBER;

/// HMAC of a message into `result`, which has room for the whole digest.
int32_t cpc_hmac(int32_t hash, const void *key, size_t key_length, const void *message, size_t length, void *result);

/// MD5 of a message into 16 bytes.
int32_t cpc_md5(const void *message, size_t length, void *result);

/// Compares in constant time; 1 when equal.
int32_t cpc_equal(const void *left, const void *right, size_t length);

/// Overwrites in a way the compiler does not drop.
void cpc_cleanse(void *bytes, size_t length);

/// Random bytes from libcrypto's generator.
int32_t cpc_random(void *bytes, size_t length);

/// Contexts of one session. Not for two threads at a time.
typedef struct cpc_session cpc_session;

/// `integrity` is IPMI's number of the algorithm: 0 none, 1 HMAC-SHA1-96, 2 HMAC-MD5-128, 3 MD5-128, 4 HMAC-SHA256-128.
/// `cipher_key` has 16 bytes, or is NULL for a session without encryption. NULL when libcrypto lacks an algorithm.
cpc_session *cpc_session_create(int32_t integrity, const void *mac_key, size_t mac_key_length, const void *cipher_key);

void cpc_session_free(cpc_session *session);

/// Writes the AuthCode of a signed span: 12 or 16 bytes, as the integrity algorithm says.
int32_t cpc_session_sign(cpc_session *session, const void *span, size_t length, void *code);

/// 1 when the AuthCode is the right one, 0 when it is not, -1 when libcrypto failed.
int32_t cpc_session_verify(cpc_session *session, const void *span, size_t length, const void *code);

/// AES-128-CBC in place over whole blocks.
int32_t cpc_session_encrypt(cpc_session *session, const void *vector, void *blocks, size_t length);

/// The same for an initialisation vector and the blocks behind it; nothing useful is left where the vector was.
int32_t cpc_session_decrypt(cpc_session *session, void *field, size_t length);
