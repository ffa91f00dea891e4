import CSignals
import Foundation
import MessagePassing

/// Why a run ends before its trials are done.
public enum StopReason: Sendable, Hashable {
  case signal(name: String)
  case wallTime

  /// The words that the ledger and messages use.
  public var text: String {
    switch self {
    case .signal(let name): "stopped by \(name)"
    case .wallTime: "stopped by --max-walltime"
    }
  }

  /// ``text`` for the user, who may have pressed Ctrl-C: launchers hand that on as another signal.
  func message(under launcher: LauncherEnvironment.Launcher) -> String {
    guard case .signal("SIGTERM") = self, launcher != .none else { return text }
    return "\(text), which \(launcher.text) sends to the ranks when it is interrupted (Ctrl-C) or ended itself"
  }

  /// How long blocks that are being computed may still take, in seconds.
  ///
  /// SIGTERM, SIGINT and SIGHUP are followed by SIGKILL, under mpirun within two seconds. SIGUSR1 is the early warning
  /// of a batch system; it and the program's own limit leave time to finish.
  var grace: Double {
    switch self {
    case .signal("SIGUSR1"), .wallTime: 60
    case .signal: 0.8
    }
  }
}

/// Watches for signals and the deadline of a run. One a process.
public struct StopRequests {
  private static let signals = [
    (SIGTERM, "SIGTERM"), (SIGINT, "SIGINT"), (SIGHUP, "SIGHUP"), (SIGUSR1, "SIGUSR1"),
  ]

  private let deadline: ContinuousClock.Instant?

  /// Installs the signal handlers.
  ///
  /// - Parameter deadline: when the run is to stop by itself.
  public init(deadline: ContinuousClock.Instant?) {
    // A failure to install leaves the system's default: the run ends at the signal, and continues from the ledger.
    _ = signals_install()
    signals_report_crashes()
    signals_name_activity("the main thread, which moves messages and outcomes")
    self.deadline = deadline
  }

  /// Gives the signals back to the system's defaults.
  func end() { signals_restore() }

  /// The reason to stop now, the most urgent first.
  func pending() -> StopReason? {
    if let (_, name) = Self.signals.first(where: { signals_count($0.0) > 0 }) { return .signal(name: name) }
    if let deadline, ContinuousClock.now >= deadline { return .wallTime }
    return nil
  }
}
