// Counters of the signals that ask a run to stop: SIGTERM, SIGINT, SIGHUP and SIGUSR1; and last words of a crash, on
// standard error and in a file.
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

/// The size in bytes at which a file of crashes grows no more.
#define SIGNALS_CRASH_FILE_LIMIT (1 << 20)

/// From now on a crash of a thread that computes a block appends a line to `file`, if there still is a `ledger`:
/// "landfall crash 1: ", the text of the last signals_name_block, " signal " and its number. A symbolic link there, a
/// special file, one with several names and one that does not begin like this stay as they are; so does everything after a
/// signal that another process has sent. Returns 0, or ENAMETOOLONG.
int signals_keep_crashes(const char *ledger, const char *file);

/// The block that the calling thread computes from now on, for signals_keep_crashes; cut off after 255 bytes; empty for
/// none.
void signals_name_block(const char *text);

/// Gives the calling thread a stack for signal handlers, so that an overflow of its own can be reported. Returns 0, or an
/// errno.
int signals_prepare_thread(void);

/// Takes the stack back.
void signals_leave_thread(void);

/// Ends this process when its parent, the process `parent`, ends: at once where the system can do so, and at the call if
/// it has ended already.
void signals_end_with_parent(int parent);

#endif
