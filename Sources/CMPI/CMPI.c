#include "CMPI.h"

#if WITH_MPI
#if !__has_include(<mpi.h>)
#error "mpi.h not found: install an MPI (Debian/Ubuntu: sudo apt-get install libopenmpi-dev openmpi-bin), \
or build without it: swift build --disable-default-traits"
#else

#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The message is copied behind its request, so that its bytes live exactly as long as MPI may read them.
struct cmpi_request {
  MPI_Request request;
  unsigned char bytes[];
};

int cmpi_is_available(void) { return 1; }

const char *cmpi_library_version(void) {
  static char text[MPI_MAX_LIBRARY_VERSION_STRING + 1];
  int length = 0;
  if (MPI_Get_library_version(text, &length) != MPI_SUCCESS) length = 0;
  text[length] = 0;
  return text;
}

int cmpi_initialize(int *provided_thread_level) {
  int provided = MPI_THREAD_SINGLE;
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  if (code != MPI_SUCCESS) return code;
  *provided_thread_level = provided == MPI_THREAD_MULTIPLE     ? cmpi_thread_multiple
                           : provided == MPI_THREAD_SERIALIZED ? cmpi_thread_serialized
                           : provided == MPI_THREAD_FUNNELED   ? cmpi_thread_funneled
                                                               : cmpi_thread_single;
  return MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

int cmpi_is_initialized(void) {
  int flag = 0;
  return MPI_Initialized(&flag) == MPI_SUCCESS && flag;
}

int cmpi_finalize(void) { return MPI_Finalize(); }

int cmpi_rank(int *rank) { return MPI_Comm_rank(MPI_COMM_WORLD, rank); }

int cmpi_size(int *size) { return MPI_Comm_size(MPI_COMM_WORLD, size); }

int cmpi_is_main_thread(void) {
  int flag = 0;
  return MPI_Is_thread_main(&flag) == MPI_SUCCESS && flag;
}

const char *cmpi_processor_name(void) {
  static char text[MPI_MAX_PROCESSOR_NAME + 1];
  int length = 0;
  if (MPI_Get_processor_name(text, &length) != MPI_SUCCESS) length = 0;
  text[length] = 0;
  return text;
}

const char *cmpi_error_text(int code) {
  static char text[MPI_MAX_ERROR_STRING + 1];
  int length = 0;
  if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) length = 0;
  text[length] = 0;
  return text;
}

int cmpi_broadcast(void *bytes, int count) { return MPI_Bcast(bytes, count, MPI_BYTE, 0, MPI_COMM_WORLD); }

int cmpi_minimum(int32_t *value) {
  return MPI_Allreduce(MPI_IN_PLACE, value, 1, MPI_INT32_T, MPI_MIN, MPI_COMM_WORLD);
}

int cmpi_send(const void *bytes, int count, int destination, int tag, cmpi_request **request) {
  cmpi_request *started = malloc(sizeof *started + (size_t)count);
  if (!started) return MPI_ERR_NO_MEM;
  if (count > 0) memcpy(started->bytes, bytes, (size_t)count);
  int code = MPI_Issend(started->bytes, count, MPI_BYTE, destination, tag, MPI_COMM_WORLD, &started->request);
  if (code != MPI_SUCCESS) {
    free(started);
    return code;
  }
  *request = started;
  return code;
}

int cmpi_barrier(cmpi_request **request) {
  cmpi_request *started = malloc(sizeof *started);
  if (!started) return MPI_ERR_NO_MEM;
  int code = MPI_Ibarrier(MPI_COMM_WORLD, &started->request);
  if (code != MPI_SUCCESS) {
    free(started);
    return code;
  }
  *request = started;
  return code;
}

int cmpi_test(cmpi_request *request, int *done) {
  *done = 0;
  int code = MPI_Test(&request->request, done, MPI_STATUS_IGNORE);
  if (code == MPI_SUCCESS && *done) free(request);
  return code;
}

int cmpi_probe(int *found, int *source, int *tag, int *count) {
  MPI_Status status;
  *found = 0;
  int code = MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, found, &status);
  if (code != MPI_SUCCESS || !*found) return code;
  *source = status.MPI_SOURCE;
  *tag = status.MPI_TAG;
  return MPI_Get_count(&status, MPI_BYTE, count);
}

int cmpi_receive(void *bytes, int count, int source, int tag) {
  return MPI_Recv(bytes, count, MPI_BYTE, source, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

void cmpi_abort(int code) {
  MPI_Abort(MPI_COMM_WORLD, code);
  _exit(code);
}

#endif
#endif
