// Exists for the flags of the system's libcrypto only: CCrypto.c includes its header.
