#include "CSignals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

static const int counted[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
enum { kinds = sizeof counted / sizeof counted[0] };
static volatile sig_atomic_t arrivals[kinds];

static void count_arrival(int signal) {
  for (int kind = 0; kind < kinds; kind++) {
    if (counted[kind] == signal) arrivals[kind] = arrivals[kind] + 1;
  }
}

int signals_install(void) {
  // A parent may have left them blocked for this process; a thread pool that starts programs does.
  sigset_t all;
  sigemptyset(&all);
  for (int kind = 0; kind < kinds; kind++) sigaddset(&all, counted[kind]);
  pthread_sigmask(SIG_UNBLOCK, &all, NULL);
  for (int kind = 0; kind < kinds; kind++) {
    struct sigaction action = {.sa_handler = count_arrival, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    struct sigaction previous;
    if (sigaction(counted[kind], NULL, &previous) != 0) return errno;
    if (previous.sa_handler == SIG_IGN && (counted[kind] == SIGINT || counted[kind] == SIGHUP)) continue;
    if (sigaction(counted[kind], &action, NULL) != 0) return errno;
  }
  return 0;
}

void signals_restore(void) {
  for (int kind = 0; kind < kinds; kind++) {
    struct sigaction current;
    if (sigaction(counted[kind], NULL, &current) != 0 || current.sa_handler != count_arrival) continue;
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    sigaction(counted[kind], &action, NULL);
  }
}

int signals_count(int signal) {
  for (int kind = 0; kind < kinds; kind++) {
    if (counted[kind] == signal) return arrivals[kind];
  }
  return 0;
}
