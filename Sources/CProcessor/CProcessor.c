#define _GNU_SOURCE
#include "CProcessor.h"

#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

int processor_kernel_level(void) {
// BASELINE_KERNELS: see Package.swift.
#if defined(__x86_64__) && !defined(BASELINE_KERNELS)
  __builtin_cpu_init();
  int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
  if (!v3) return 0;
  int v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
  return v4 ? 2 : 1;
#else
  return 0;
#endif
}

int processor_available_count(void) {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 1;
}
