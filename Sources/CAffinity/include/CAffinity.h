// The CPUs that this process may run on.

#ifndef CAFFINITY_H
#define CAFFINITY_H

/// The number of CPUs this process may run on, at least 1: on Linux those of its affinity mask (which mpirun, Slurm and
/// taskset narrow), elsewhere those that are online.
int affinity_cpu_count(void);

#endif
