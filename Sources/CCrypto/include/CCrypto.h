#ifndef CCRYPTO_H
#define CCRYPTO_H

#include <stddef.h>
#include <stdint.h>

/// SHA-256 (FIPS 180-4) of `count` bytes, as 32 bytes.
void landfall_sha256(const uint8_t *bytes, size_t count, uint8_t *digest);

#endif
