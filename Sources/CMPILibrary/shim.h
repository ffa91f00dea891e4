// Exists for the flags of the system's MPI only: CMPI.c includes mpi.h, and no Swift code imports this module, since
// MPI_COMM_WORLD and its like are macros whose kind differs between MPI libraries.
#include <mpi.h>
