// The functions of CMPI.h in a build without MPI: one process, rank 0 of 1, that has nobody to talk to.

#include "CMPI.h"

#if !WITH_MPI

#include <stddef.h>
#include <unistd.h>

enum { success = 0, no_such_rank = 1 };

static int initialized = 0;

int cmpi_is_available(void) { return 0; }

const char *cmpi_library_version(void) { return ""; }

int cmpi_initialize(int *provided_thread_level) {
  initialized = 1;
  *provided_thread_level = cmpi_thread_funneled;
  return success;
}

int cmpi_is_initialized(void) { return initialized; }

int cmpi_finalize(void) { return success; }

int cmpi_rank(int *rank) {
  *rank = 0;
  return success;
}

int cmpi_size(int *size) {
  *size = 1;
  return success;
}

int cmpi_is_main_thread(void) { return 1; }

const char *cmpi_processor_name(void) {
  static char text[256];
  if (gethostname(text, sizeof text - 1) != 0) text[0] = 0;
  return text;
}

const char *cmpi_error_text(int code) { return code == success ? "success" : "there is no other rank"; }

int cmpi_broadcast(void *bytes, int count) {
  (void)bytes;
  (void)count;
  return success;
}

int cmpi_minimum(int32_t *value) {
  (void)value;
  return success;
}

int cmpi_send(const void *bytes, int count, int destination, int tag, cmpi_request **request) {
  (void)bytes;
  (void)count;
  (void)destination;
  (void)tag;
  (void)request;
  return no_such_rank;
}

int cmpi_barrier(cmpi_request **request) {
  *request = NULL;
  return success;
}

int cmpi_test(cmpi_request *request, int *done) {
  (void)request;
  *done = 1;
  return success;
}

int cmpi_probe(int *found, int *source, int *tag, int *count) {
  *found = *source = *tag = *count = 0;
  return success;
}

int cmpi_receive(void *bytes, int count, int source, int tag) {
  (void)bytes;
  (void)count;
  (void)source;
  (void)tag;
  return no_such_rank;
}

void cmpi_abort(int code) { _exit(code); }

#endif
