#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include "CAffinity.h"

#include <unistd.h>

#if defined(__linux__)
#include <errno.h>
#include <sched.h>

// The kernel refuses (EINVAL) a mask shorter than its own: larger ones are tried until it is content.
static int cpus_in_mask(void) {
  for (int capacity = CPU_SETSIZE; capacity <= 1 << 20; capacity *= 2) {
    cpu_set_t *mask = CPU_ALLOC(capacity);
    if (!mask) return 0;
    size_t size = CPU_ALLOC_SIZE(capacity);
    int failed = sched_getaffinity(0, size, mask) != 0;
    int cause = failed ? errno : 0;
    int count = failed ? 0 : CPU_COUNT_S(size, mask);
    CPU_FREE(mask);
    if (!failed || cause != EINVAL) return count;
  }
  return 0;
}
#else
static int cpus_in_mask(void) { return 0; }
#endif

int affinity_cpu_count(void) {
  int count = cpus_in_mask();
  if (count > 0) return count;
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}
