// Exists for the flags of the system's LAPACK only: it has no header of its own, CLAPACK.c declares what it calls.
