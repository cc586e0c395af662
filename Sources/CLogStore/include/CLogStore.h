// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>
#include <stdint.h>

// What LogStore needs from C: checksums (CRC-32C, and SHA-256 from libcrypto), zstd and gzip streams, and three Linux
// calls. No state of its own; every handle is used by one thread at a time.

// CRC-32C (Castagnoli) of `count` bytes, continuing `crc`; begin with 0.
uint32_t hlg_crc32c(uint32_t crc, const void *bytes, size_t count);

// SHA-256. `new` returns NULL when memory is short; `finish` resets the hash for the next message.
typedef struct hlg_sha256 hlg_sha256;
hlg_sha256 *hlg_sha256_new(void);
void hlg_sha256_update(hlg_sha256 *hash, const void *bytes, size_t count);
void hlg_sha256_finish(hlg_sha256 *hash, uint8_t digest[32]);
void hlg_sha256_free(hlg_sha256 *hash);

enum { HLG_GZIP = 1, HLG_ZSTD = 2 };

// A stream that compresses. `hlg_compress` returns 0 (call again), 1 (`finish` was asked and everything is out) or -1.
typedef struct hlg_compressor hlg_compressor;
hlg_compressor *hlg_compressor_new(int format);
int hlg_compress(hlg_compressor *stream, const void *input, size_t input_count, size_t *consumed,
                 void *output, size_t output_count, size_t *produced, int finish);
void hlg_compressor_free(hlg_compressor *stream);

// A stream that decompresses, members or frames one after the other included. Returns 0, 1 at the end of a member or
// frame, -1 when the data is damaged.
typedef struct hlg_decompressor hlg_decompressor;
hlg_decompressor *hlg_decompressor_new(int format);
int hlg_decompress(hlg_decompressor *stream, const void *input, size_t input_count, size_t *consumed,
                   void *output, size_t output_count, size_t *produced);
void hlg_decompressor_free(hlg_decompressor *stream);

// An eventfd, non-blocking and closed on exec; -1 with errno.
int hlg_eventfd(void);
// syncfs(2).
int hlg_syncfs(int descriptor);
// Lowers the priority of the calling thread to `nice`.
void hlg_lower_priority(int nice);
// The smaller of the open-files limit and what fits in an int.
int hlg_descriptor_limit(void);
// Names the calling thread, for `top -H` (15 characters).
void hlg_name_thread(const char *name);
