// SPDX-License-Identifier: Apache-2.0

// SHA1_Init and its like are "deprecated" for EVP; see keyed_digest for why they are used.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "CPacketCrypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

// HMAC with SHA as its two keyed states, copied for each packet. EVP's HMAC copies them, too, but allocates and frees
// four times on the way: it took half of the CPU time of all cryptography here.
typedef struct {
    union { SHA_CTX sha1; SHA256_CTX sha256; } inner, outer;
} keyed_digest;

struct cpc_session {
    int32_t sha;  // CPC_SHA1_NUMBER or CPC_SHA256_NUMBER: `keyed` is in use
    keyed_digest keyed;
    EVP_MAC_CTX *mac;
    EVP_MD_CTX *md5;
    EVP_CIPHER_CTX *encrypt;
    EVP_CIPHER_CTX *decrypt;
    size_t code_length;
    unsigned char password[20];
};

static const char *hash_name(int32_t hash) {
    switch (hash) {
    case CPC_MD5_NUMBER: return "MD5";
    case CPC_SHA1_NUMBER: return "SHA1";
    case CPC_SHA256_NUMBER: return "SHA256";
    default: return NULL;
    }
}

static EVP_MAC_CTX *hmac_context(int32_t hash, const void *key, size_t key_length) {
    const char *name = hash_name(hash);
    EVP_MAC *mac = name == NULL ? NULL : EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (mac == NULL) return NULL;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    if (context == NULL) return NULL;
    OSSL_PARAM params[2] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)name, 0),
        OSSL_PARAM_construct_end(),
    };
    // An empty key is a key too, but its pointer must not be NULL.
    if (EVP_MAC_init(context, key_length == 0 ? (const unsigned char *)"" : key, key_length, params) != 1) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}

int32_t cpc_hmac(int32_t hash, const void *key, size_t key_length, const void *message, size_t length, void *result) {
    EVP_MAC_CTX *context = hmac_context(hash, key, key_length);
    if (context == NULL) return 0;
    size_t written = 0;
    int ok = EVP_MAC_update(context, message, length) == 1 && EVP_MAC_final(context, result, &written, 32) == 1;
    EVP_MAC_CTX_free(context);
    return ok;
}

int32_t cpc_md5(const void *message, size_t length, void *result) {
    return EVP_Digest(message, length, result, NULL, EVP_md5(), NULL) == 1;
}

int32_t cpc_equal(const void *left, const void *right, size_t length) {
    return length == 0 || CRYPTO_memcmp(left, right, length) == 0;
}

void cpc_cleanse(void *bytes, size_t length) {
    if (length != 0) OPENSSL_cleanse(bytes, length);
}

int32_t cpc_random(void *bytes, size_t length) {
    return RAND_bytes(bytes, (int)length) == 1;
}

static EVP_CIPHER_CTX *cipher_context(const void *key, int encrypt) {
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (context == NULL) return NULL;
    static const unsigned char vector[16];
    if (EVP_CipherInit_ex(context, EVP_aes_128_cbc(), NULL, key, vector, encrypt) != 1
        || EVP_CIPHER_CTX_set_padding(context, 0) != 1) {
        EVP_CIPHER_CTX_free(context);
        return NULL;
    }
    return context;
}

static int key_digest(cpc_session *session, int32_t sha, const void *key, size_t key_length) {
    unsigned char inner[64] = {0}, outer[64] = {0};
    if (key_length > sizeof inner) return 0;
    if (key_length != 0) {
        memcpy(inner, key, key_length);
        memcpy(outer, key, key_length);
    }
    for (size_t i = 0; i < sizeof inner; i++) {
        inner[i] ^= 0x36;
        outer[i] ^= 0x5c;
    }
    keyed_digest *k = &session->keyed;
    int ok = sha == CPC_SHA1_NUMBER
        ? SHA1_Init(&k->inner.sha1) && SHA1_Update(&k->inner.sha1, inner, sizeof inner)
            && SHA1_Init(&k->outer.sha1) && SHA1_Update(&k->outer.sha1, outer, sizeof outer)
        : SHA256_Init(&k->inner.sha256) && SHA256_Update(&k->inner.sha256, inner, sizeof inner)
            && SHA256_Init(&k->outer.sha256) && SHA256_Update(&k->outer.sha256, outer, sizeof outer);
    OPENSSL_cleanse(inner, sizeof inner);
    OPENSSL_cleanse(outer, sizeof outer);
    session->sha = sha;
    return ok;
}

static int make_mac(cpc_session *session, int32_t integrity, const void *key, size_t key_length) {
    switch (integrity) {
    case 0: return 1;
    case 1: return key_digest(session, CPC_SHA1_NUMBER, key, key_length);
    case 2: session->mac = hmac_context(CPC_MD5_NUMBER, key, key_length); return session->mac != NULL;
    case 3:
        if (key_length != sizeof session->password) return 0;
        memcpy(session->password, key, key_length);
        session->md5 = EVP_MD_CTX_new();
        return session->md5 != NULL && EVP_DigestInit_ex(session->md5, EVP_md5(), NULL) == 1;
    case 4: return key_digest(session, CPC_SHA256_NUMBER, key, key_length);
    default: return 0;
    }
}

cpc_session *cpc_session_create(int32_t integrity, const void *mac_key, size_t mac_key_length, const void *cipher_key) {
    cpc_session *session = calloc(1, sizeof *session);
    if (session == NULL) return NULL;
    session->code_length = integrity == 1 ? 12 : 16;
    int ok = make_mac(session, integrity, mac_key, mac_key_length);
    if (ok && cipher_key != NULL) {
        session->encrypt = cipher_context(cipher_key, 1);
        session->decrypt = cipher_context(cipher_key, 0);
        ok = session->encrypt != NULL && session->decrypt != NULL;
    }
    if (ok) return session;
    cpc_session_free(session);
    return NULL;
}

// The contexts overwrite their keys themselves.
void cpc_session_free(cpc_session *session) {
    if (session == NULL) return;
    EVP_MAC_CTX_free(session->mac);
    EVP_MD_CTX_free(session->md5);
    EVP_CIPHER_CTX_free(session->encrypt);
    EVP_CIPHER_CTX_free(session->decrypt);
    OPENSSL_cleanse(session, sizeof *session);
    free(session);
}

static int sha1_mac(const keyed_digest *keyed, const void *message, size_t length, uint8_t result[32]) {
    SHA_CTX state = keyed->inner.sha1;
    if (!SHA1_Update(&state, message, length) || !SHA1_Final(result, &state)) return 0;
    state = keyed->outer.sha1;
    return SHA1_Update(&state, result, SHA_DIGEST_LENGTH) && SHA1_Final(result, &state);
}

static int sha256_mac(const keyed_digest *keyed, const void *message, size_t length, uint8_t result[32]) {
    SHA256_CTX state = keyed->inner.sha256;
    if (!SHA256_Update(&state, message, length) || !SHA256_Final(result, &state)) return 0;
    state = keyed->outer.sha256;
    return SHA256_Update(&state, result, SHA256_DIGEST_LENGTH) && SHA256_Final(result, &state);
}

// Writes the whole MAC: 16, 20 or 32 bytes.
static int mac(cpc_session *session, const void *message, size_t length, uint8_t result[32]) {
    if (session->sha == CPC_SHA1_NUMBER) return sha1_mac(&session->keyed, message, length, result);
    if (session->sha == CPC_SHA256_NUMBER) return sha256_mac(&session->keyed, message, length, result);
    size_t written = 0;
    if (session->mac != NULL) {
        // Without a key, init goes back to the state after the key.
        return EVP_MAC_init(session->mac, NULL, 0, NULL) == 1
            && EVP_MAC_update(session->mac, message, length) == 1
            && EVP_MAC_final(session->mac, result, &written, 32) == 1;
    }
    if (session->md5 == NULL) return 0;
    return EVP_DigestInit_ex(session->md5, NULL, NULL) == 1
        && EVP_DigestUpdate(session->md5, session->password, sizeof session->password) == 1
        && EVP_DigestUpdate(session->md5, message, length) == 1
        && EVP_DigestUpdate(session->md5, session->password, sizeof session->password) == 1
        && EVP_DigestFinal_ex(session->md5, result, NULL) == 1;
}

int32_t cpc_session_sign(cpc_session *session, const void *span, size_t length, void *code) {
    uint8_t result[32];
    if (!mac(session, span, length, result)) return 0;
    memcpy(code, result, session->code_length);
    return 1;
}

int32_t cpc_session_verify(cpc_session *session, const void *span, size_t length, const void *code) {
    uint8_t result[32];
    if (!mac(session, span, length, result)) return -1;
    return CRYPTO_memcmp(result, code, session->code_length) == 0;
}

static int32_t cipher(EVP_CIPHER_CTX *context, const void *vector, void *blocks, size_t length) {
    int written = 0;
    return context != NULL && EVP_CipherInit_ex(context, NULL, NULL, NULL, vector, -1) == 1
        && EVP_CipherUpdate(context, blocks, &written, blocks, (int)length) == 1 && written == (int)length;
}

int32_t cpc_session_encrypt(cpc_session *session, const void *vector, void *blocks, size_t length) {
    return cipher(session->encrypt, vector, blocks, length);
}

// In CBC only the first block depends on what came before: with the vector decrypted as if it were that block, the context
// needs no new start for each packet.
int32_t cpc_session_decrypt(cpc_session *session, void *field, size_t length) {
    int written = 0;
    return session->decrypt != NULL
        && EVP_CipherUpdate(session->decrypt, field, &written, field, (int)length) == 1 && written == (int)length;
}
