// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLogStore.h"

#include <limits.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

// MARK: CRC-32C

static uint32_t crc_table[256];
static pthread_once_t crc_once = PTHREAD_ONCE_INIT;

static void crc_fill(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? (c >> 1) ^ 0x82F63B78u : c >> 1;
        crc_table[i] = c;
    }
}

static uint32_t crc_portable(uint32_t crc, const uint8_t *p, size_t n) {
    pthread_once(&crc_once, crc_fill);
    while (n--) crc = crc_table[(crc ^ *p++) & 0xFF] ^ (crc >> 8);
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc_fast(uint32_t crc, const uint8_t *p, size_t n) {
    uint64_t c = crc;
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        c = __builtin_ia32_crc32di(c, word);
    }
    uint32_t d = (uint32_t)c;
    while (n--) d = __builtin_ia32_crc32qi(d, *p++);
    return d;
}
#endif

uint32_t hlg_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~crc_fast(~crc, bytes, count);
#endif
    return ~crc_portable(~crc, bytes, count);
}

// MARK: SHA-256

struct hlg_sha256 {
    EVP_MD_CTX *context;
};

hlg_sha256 *hlg_sha256_new(void) {
    hlg_sha256 *hash = calloc(1, sizeof *hash);
    if (!hash) return NULL;
    hash->context = EVP_MD_CTX_new();
    if (!hash->context || EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL) != 1) {
        hlg_sha256_free(hash);
        return NULL;
    }
    return hash;
}

void hlg_sha256_update(hlg_sha256 *hash, const void *bytes, size_t count) {
    EVP_DigestUpdate(hash->context, bytes, count);
}

void hlg_sha256_finish(hlg_sha256 *hash, uint8_t digest[32]) {
    unsigned int count = 32;
    EVP_DigestFinal_ex(hash->context, digest, &count);
    EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL);
}

void hlg_sha256_free(hlg_sha256 *hash) {
    if (!hash) return;
    EVP_MD_CTX_free(hash->context);
    free(hash);
}

// MARK: Compression

struct hlg_compressor {
    int format;
    z_stream gzip;
    ZSTD_CCtx *zstd;
};

hlg_compressor *hlg_compressor_new(int format) {
    hlg_compressor *stream = calloc(1, sizeof *stream);
    if (!stream) return NULL;
    stream->format = format;
    if (format == HLG_GZIP) {
        // 16 more window bits ask for the gzip header.
        if (deflateInit2(&stream->gzip, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
            free(stream);
            return NULL;
        }
        return stream;
    }
    stream->zstd = ZSTD_createCCtx();
    if (!stream->zstd) {
        free(stream);
        return NULL;
    }
    ZSTD_CCtx_setParameter(stream->zstd, ZSTD_c_compressionLevel, 3);
    ZSTD_CCtx_setParameter(stream->zstd, ZSTD_c_checksumFlag, 1);
    return stream;
}

int hlg_compress(hlg_compressor *stream, const void *input, size_t input_count, size_t *consumed,
                 void *output, size_t output_count, size_t *produced, int finish) {
    if (stream->format == HLG_GZIP) {
        stream->gzip.next_in = (Bytef *)input;
        stream->gzip.avail_in = (uInt)input_count;
        stream->gzip.next_out = output;
        stream->gzip.avail_out = (uInt)output_count;
        int result = deflate(&stream->gzip, finish ? Z_FINISH : Z_NO_FLUSH);
        *consumed = input_count - stream->gzip.avail_in;
        *produced = output_count - stream->gzip.avail_out;
        if (result == Z_STREAM_END) return 1;
        return result == Z_OK || result == Z_BUF_ERROR ? 0 : -1;
    }
    ZSTD_inBuffer in = {input, input_count, 0};
    ZSTD_outBuffer out = {output, output_count, 0};
    size_t left = ZSTD_compressStream2(stream->zstd, &out, &in, finish ? ZSTD_e_end : ZSTD_e_continue);
    *consumed = in.pos;
    *produced = out.pos;
    if (ZSTD_isError(left)) return -1;
    return finish && left == 0 ? 1 : 0;
}

void hlg_compressor_free(hlg_compressor *stream) {
    if (!stream) return;
    if (stream->format == HLG_GZIP) deflateEnd(&stream->gzip);
    ZSTD_freeCCtx(stream->zstd);
    free(stream);
}

struct hlg_decompressor {
    int format;
    z_stream gzip;
    ZSTD_DCtx *zstd;
};

hlg_decompressor *hlg_decompressor_new(int format) {
    hlg_decompressor *stream = calloc(1, sizeof *stream);
    if (!stream) return NULL;
    stream->format = format;
    if (format == HLG_GZIP) {
        if (inflateInit2(&stream->gzip, 15 + 16) != Z_OK) {
            free(stream);
            return NULL;
        }
        return stream;
    }
    stream->zstd = ZSTD_createDCtx();
    if (!stream->zstd) {
        free(stream);
        return NULL;
    }
    return stream;
}

int hlg_decompress(hlg_decompressor *stream, const void *input, size_t input_count, size_t *consumed,
                   void *output, size_t output_count, size_t *produced) {
    if (stream->format == HLG_GZIP) {
        stream->gzip.next_in = (Bytef *)input;
        stream->gzip.avail_in = (uInt)input_count;
        stream->gzip.next_out = output;
        stream->gzip.avail_out = (uInt)output_count;
        int result = inflate(&stream->gzip, Z_NO_FLUSH);
        *consumed = input_count - stream->gzip.avail_in;
        *produced = output_count - stream->gzip.avail_out;
        if (result == Z_STREAM_END) return inflateReset(&stream->gzip) == Z_OK ? 1 : -1;
        return result == Z_OK || result == Z_BUF_ERROR ? 0 : -1;
    }
    ZSTD_inBuffer in = {input, input_count, 0};
    ZSTD_outBuffer out = {output, output_count, 0};
    size_t left = ZSTD_decompressStream(stream->zstd, &out, &in);
    *consumed = in.pos;
    *produced = out.pos;
    if (ZSTD_isError(left)) return -1;
    return left == 0 ? 1 : 0;
}

void hlg_decompressor_free(hlg_decompressor *stream) {
    if (!stream) return;
    if (stream->format == HLG_GZIP) inflateEnd(&stream->gzip);
    ZSTD_freeDCtx(stream->zstd);
    free(stream);
}

// MARK: Linux

int hlg_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

int hlg_syncfs(int descriptor) { return syncfs(descriptor); }

void hlg_lower_priority(int nice) {
    // On Linux the priority belongs to the thread, whatever POSIX says.
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), nice);
}

int hlg_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    return limit.rlim_cur > INT_MAX ? INT_MAX : (int)limit.rlim_cur;
}

void hlg_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
