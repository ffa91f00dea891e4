#ifndef CLAPACK_H
#define CLAPACK_H

/// Eigenvalues and eigenvectors of a real symmetric matrix: dsyev.
///
/// `matrix` has `order` rows of `order` numbers, of which the lower triangle (row >= column) is read; it is replaced by
/// the eigenvectors, one a row. `eigenvalues` are ascending. Returns 0, or LAPACK's code where the iteration fails.
int landfall_symmetric_eigen(int order, double *matrix, double *eigenvalues);

#endif
