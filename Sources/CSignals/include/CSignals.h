// Counters of the signals that ask a run to stop: SIGTERM, SIGINT, SIGHUP and SIGUSR1; and last words of a crash.
//
// Plain handlers, because signals must never be blocked here: Swift's crash reporter itself signals threads with
// SIGUSR1, and a process that blocks it hangs at its first crash.

#ifndef CSIGNALS_H
#define CSIGNALS_H

/// Unblocks the signals for the calling thread and installs the counting handlers, with SA_RESTART, so that no system
/// call is cut short. SIGINT or SIGHUP that the parent had set to be ignored (a background job, nohup) stay ignored.
/// Returns 0, or the errno of the sigaction that failed.
int signals_install(void);

/// Gives the counted signals their default effect again.
void signals_restore(void);

/// How often `signal` has arrived since signals_install: at least 1 if it ever did (arrivals at the same moment on two
/// threads may count as one). 0 for a signal that is not counted.
int signals_count(int signal);

/// Makes a crash of this process say on standard error what the crashing thread was doing: "landfall: crashed: " and
/// the text of its last signals_name_activity. The crash then takes its course, Swift's own report included.
void signals_report_crashes(void);

/// What the calling thread does from now on, for signals_report_crashes; cut off after 255 bytes.
void signals_name_activity(const char *text);

#endif
