#include "CSignals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

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

// What is written to the file of crashes, prepared beforehand: a handler may neither allocate nor format.
static const char record_start[] = "landfall crash 1: ";
static char ledger_path[4096], crash_path[4096];
static _Thread_local char record[256];

// Whether the open file is one of crashes that may grow: a regular file without other names, empty or of our form. What
// else may be there belongs to others.
static int is_file_of_crashes(int file) {
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink != 1) return 0;
  if (status.st_size == 0) return 1;
  char start[sizeof record_start - 1];
  return status.st_size < SIGNALS_CRASH_FILE_LIMIT && pread(file, start, sizeof start, 0) == sizeof start
      && memcmp(start, record_start, sizeof start) == 0;
}

// Only with what is safe in a signal handler: stat, open, fstat, pread, write, close, getpid.
static void append_record(int signal, const siginfo_t *info) {
  if (record[0] == 0 || crash_path[0] == 0) return;
  // A signal that another process has sent is no trap of a trial.
  if (info->si_code <= 0 && info->si_pid != getpid()) return;
  // Where the ledger is not, on a host with disks of its own, nobody would look for the file.
  struct stat status;
  if (stat(ledger_path, &status) != 0) return;
  int file = open(crash_path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
  if (file < 0) return;
  if (is_file_of_crashes(file)) {
    char line[sizeof record_start + sizeof record + 16];
    size_t length = 0;
    memcpy(line, record_start, sizeof record_start - 1);
    length += sizeof record_start - 1;
    size_t size = strnlen(record, sizeof record);
    memcpy(line + length, record, size);
    length += size;
    memcpy(line + length, " signal ", 8);
    length += 8;
    if (signal >= 10) line[length++] = (char)('0' + signal / 10 % 10);
    line[length++] = (char)('0' + signal % 10);
    line[length++] = '\n';
    // What cannot be written is lost; standard error has said it.
    ssize_t written = write(file, line, length);
    (void)written;
  }
  close(file);
}

static void report_crash(int signal, siginfo_t *info, void *context) {
  (void)context;
  // Only what is safe in a signal handler: write, sigaction, pthread_sigmask, raise.
  static const char start[] = "landfall: crashed: ";
  struct { const char *text; size_t length; } parts[] = {
      {start, sizeof start - 1}, {activity, strnlen(activity, sizeof activity)}, {"\n", 1}};
  for (int part = 0; part < 3; part++) {
    if (write(2, parts[part].text, parts[part].length) < 0) break;
  }
  append_record(signal, info);
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
    struct sigaction action = {.sa_sigaction = report_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK}, previous;
    sigemptyset(&action.sa_mask);
    // The second time it is its own predecessor.
    if (sigaction(crashes[kind], &action, &previous) == 0 && previous.sa_sigaction != report_crash) {
      previous_actions[kind] = previous;
    }
  }
}

void signals_name_activity(const char *text) {
  strncpy(activity, text, sizeof activity - 1);
}

int signals_keep_crashes(const char *ledger, const char *file) {
  if (strlen(ledger) >= sizeof ledger_path || strlen(file) >= sizeof crash_path) return ENAMETOOLONG;
  strcpy(ledger_path, ledger);
  strcpy(crash_path, file);
  return 0;
}

void signals_name_block(const char *text) {
  strncpy(record, text, sizeof record - 1);
}

// Stacks of handlers: without one a thread whose own stack has overflowed dies without a word.

static const size_t handler_stack_size = 1 << 16;

int signals_prepare_thread(void) {
  void *memory = mmap(NULL, handler_stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return errno;
  stack_t stack = {.ss_sp = memory, .ss_size = handler_stack_size};
  if (sigaltstack(&stack, NULL) == 0) return 0;
  int reason = errno;
  munmap(memory, handler_stack_size);
  return reason;
}

void signals_leave_thread(void) {
  stack_t none = {.ss_flags = SS_DISABLE}, stack;
  if (sigaltstack(&none, &stack) == 0 && !(stack.ss_flags & SS_DISABLE)) munmap(stack.ss_sp, stack.ss_size);
}

void signals_end_with_parent(int parent) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  // It may have ended before.
  if (getppid() != parent) _exit(1);
}
