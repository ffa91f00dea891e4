// The few MPI calls that the rank loop needs, in plain C types, so that Swift never sees mpi.h and one source compiles
// against Open MPI, MPICH and their kin. Built without WITH_MPI, the same functions describe a single process.
//
// Every function that returns `int` without further words returns an MPI error code: 0 is success, and
// cmpi_error_text names the others. After cmpi_initialize every function is for the thread that called it.

#ifndef CMPI_H
#define CMPI_H

#include <stdint.h>

/// A message on its way, or a barrier that not every rank has reached yet.
typedef struct cmpi_request cmpi_request;

/// Levels of thread support, lowest first, numbered here because the numbers of MPI's constants are each library's own.
enum {
  cmpi_thread_single = 0,
  cmpi_thread_funneled = 1,
  cmpi_thread_serialized = 2,
  cmpi_thread_multiple = 3,
};

/// 1 in a build with MPI, 0 in one without.
int cmpi_is_available(void);

/// MPI's description of itself, possibly of several lines; empty without MPI. Allowed before cmpi_initialize.
const char *cmpi_library_version(void);

/// Initializes MPI, asking for cmpi_thread_funneled, and has later errors returned instead of ending the job.
/// An error inside MPI_Init_thread itself ends the process with MPI's own message.
int cmpi_initialize(int *provided_thread_level);

/// 1 from cmpi_initialize to the end of the process, even after cmpi_finalize.
int cmpi_is_initialized(void);

int cmpi_finalize(void);

int cmpi_rank(int *rank);
int cmpi_size(int *size);

/// 1 on the thread that called cmpi_initialize.
int cmpi_is_main_thread(void);

/// The name of the host, as MPI knows it.
const char *cmpi_processor_name(void);

const char *cmpi_error_text(int code);

/// Blocking broadcast of `count` bytes from rank 0. Spins while it waits: for start-up only.
int cmpi_broadcast(void *bytes, int count);

/// Replaces `value` by the smallest of all ranks. Blocking and spinning: for start-up only.
int cmpi_minimum(int32_t *value);

/// Starts to send a copy of `count` bytes. The send is synchronous (MPI_Issend): it is done when the receiver has begun
/// to receive the message, so that ranks whose sends are done have left nothing behind in the network.
int cmpi_send(const void *bytes, int count, int destination, int tag, cmpi_request **request);

/// Starts a barrier.
int cmpi_barrier(cmpi_request **request);

/// Sets `done` to 1, and frees the request, if it is complete; else sets `done` to 0.
int cmpi_test(cmpi_request *request, int *done);

/// Looks for a message of any source and tag that can be received now.
int cmpi_probe(int *found, int *source, int *tag, int *count);

/// Receives the message that cmpi_probe has found, of exactly `count` bytes.
int cmpi_receive(void *bytes, int count, int source, int tag);

/// Ends all ranks at once, without giving them a chance to save anything. Does not return.
void cmpi_abort(int code) __attribute__((noreturn));

#endif
