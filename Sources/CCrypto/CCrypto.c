#include "CCrypto.h"

#include <openssl/sha.h>

void landfall_sha256(const uint8_t *bytes, size_t count, uint8_t *digest) { SHA256(bytes, count, digest); }
