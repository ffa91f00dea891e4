#include "CSignals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

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

// Crashes.

static const int crashes[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
enum { crash_kinds = sizeof crashes / sizeof crashes[0] };
static struct sigaction previous_actions[crash_kinds];
static _Thread_local char activity[256];

static void report_crash(int signal, siginfo_t *info, void *context) {
  (void)context;
  // Only what is safe in a signal handler: write, sigaction, pthread_sigmask, raise.
  static const char start[] = "landfall: crashed: ";
  struct { const char *text; size_t length; } parts[] = {
      {start, sizeof start - 1}, {activity, strnlen(activity, sizeof activity)}, {"\n", 1}};
  for (int part = 0; part < 3; part++) {
    if (write(2, parts[part].text, parts[part].length) < 0) break;
  }
  for (int kind = 0; kind < crash_kinds; kind++) {
    if (crashes[kind] == signal) sigaction(signal, &previous_actions[kind], NULL);
  }
  // A faulting instruction is executed again on return and now meets the previous handler. A signal that was sent is
  // sent on, first to that handler and then, should it return, to the system's default.
  if (info->si_code > 0) return;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  raise(signal);
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, NULL);
  raise(signal);
}

void signals_report_crashes(void) {
  for (int kind = 0; kind < crash_kinds; kind++) {
    struct sigaction action = {.sa_sigaction = report_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(crashes[kind], &action, &previous_actions[kind]);
  }
}

void signals_name_activity(const char *text) {
  strncpy(activity, text, sizeof activity - 1);
}
