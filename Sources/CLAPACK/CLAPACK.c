#include "CLAPACK.h"

#include <stdlib.h>

// Fortran passes lengths of strings behind the other arguments.
extern void dsyev_(
    const char *job, const char *triangle, const int *order, double *matrix, const int *stride, double *eigenvalues,
    double *work, const int *size, int *info, size_t job_length, size_t triangle_length);

int landfall_symmetric_eigen(int order, double *matrix, double *eigenvalues) {
  if (order == 0) return 0;
  // Fortran's columns are our rows: the lower triangle of ours is the upper one of Fortran's.
  int size = -1;
  int info = 0;
  double best = 0;
  dsyev_("V", "U", &order, matrix, &order, eigenvalues, &best, &size, &info, 1, 1);
  if (info != 0) return info;
  size = (int)best;
  double *work = malloc((size_t)size * sizeof *work);
  if (!work) abort();
  dsyev_("V", "U", &order, matrix, &order, eigenvalues, work, &size, &info, 1, 1);
  free(work);
  return info;
}
