/* Gradient descent on the mean squared error of a shallow ReLU network over a few points, in double precision, as one
 * writes it in C: one network, plain loops. Prints the least time of a step over repetitions, in microseconds.
 *
 *   full-batch WIDTH POINTS */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { most = 256 };
static double x[most], y[most], w[most], b[most], v[most], c;
static double gw[most], gb[most], gv[most];

static void steps(int count, int width, int points, double rate) {
  for (int step = 0; step < count; step++) {
    double gc = 0;
    for (int j = 0; j < width; j++) gw[j] = gb[j] = gv[j] = 0;
    for (int i = 0; i < points; i++) {
      double r = c - y[i];
      for (int j = 0; j < width; j++) {
        double z = w[j] * x[i] + b[j];
        r += v[j] * (z > 0 ? z : 0);
      }
      r *= 2.0 / points;
      gc += r;
      for (int j = 0; j < width; j++) {
        double z = w[j] * x[i] + b[j];
        double s = z > 0 ? r : 0;
        gw[j] += v[j] * s * x[i];
        gb[j] += v[j] * s;
        gv[j] += s * z;
      }
    }
    for (int j = 0; j < width; j++) {
      w[j] -= rate * gw[j];
      b[j] -= rate * gb[j];
      v[j] -= rate * gv[j];
    }
    c -= rate * gc;
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int argc, char **argv) {
  int width = argc > 1 ? atoi(argv[1]) : 4, points = argc > 2 ? atoi(argv[2]) : 6;
  if (width < 1 || width > most || points < 1 || points > most) return 2;
  double least = 1e300;
  for (int repetition = 0; repetition < 9; repetition++) {
    srand(1);
    c = 0;
    for (int j = 0; j < width; j++) {
      w[j] = 2.0 * rand() / RAND_MAX - 1;
      b[j] = 2.0 * rand() / RAND_MAX - 1;
      v[j] = (2.0 * rand() / RAND_MAX - 1) / width;
    }
    for (int i = 0; i < points; i++) {
      x[i] = -1 + 2.0 * i / (points > 1 ? points - 1 : 1);
      y[i] = x[i] * x[i];
    }
    const int count = 100000;
    double start = now();
    steps(count, width, points, 1e-3);
    double time = (now() - start) / count;
    if (time < least) least = time;
  }
  /* The end of the descent is printed too, so that no compiler leaves it out. */
  printf("%.4f %g\n", 1e6 * least, c);
  return 0;
}
