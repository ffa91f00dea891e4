#ifndef CPROCESSOR_H
#define CPROCESSOR_H

/// The widest kernel level that this processor and its operating system support:
/// 0 baseline, 1 AVX2 with FMA (x86-64-v3), 2 AVX-512 (x86-64-v4).
int processor_kernel_level(void);

/// How many processors this process may run on.
int processor_available_count(void);

#endif
