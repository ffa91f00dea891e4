import CSignals
import Foundation
import Testing

/// Serialized, and alone in touching the signals of the test process; it leaves them at their defaults.
@Suite(.serialized) struct SignalCounterTests {
  static let counted = [SIGTERM, SIGINT, SIGHUP, SIGUSR1]

  /// Runs `body` on a thread that signals can reach: those of the pool that runs the tests have them blocked.
  func withSignals(_ body: () -> Void) {
    var all = sigset_t()
    sigfillset(&all)
    var previous = sigset_t()
    pthread_sigmask(SIG_UNBLOCK, &all, &previous)
    body()
    pthread_sigmask(SIG_SETMASK, &previous, nil)
    for name in Self.counted { signal(name, SIG_DFL) }
  }

  @Test func arrivalsAreCountedAndDoNotEndTheProcess() {
    withSignals {
      #expect(signals_install() == 0)
      for (place, name) in Self.counted.enumerated() {
        let before = Self.counted.map(signals_count)
        for _ in 0...place { raise(name) }
        let after = Self.counted.map(signals_count)
        for other in Self.counted.indices {
          #expect(after[other] - before[other] == (other == place ? Int32(place) + 1 : 0))
        }
      }
      #expect(signals_count(SIGUSR2) == 0)
    }
  }

  @Test func installingBlocksNoSignal() {
    withSignals {
      #expect(signals_install() == 0)
      var mask = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &mask)
      for name in Self.counted { #expect(sigismember(&mask, name) == 0) }
    }
  }

  @Test func ignoredSignalsOfTheTerminalStayIgnored() {
    withSignals {
      for name in Self.counted { signal(name, SIG_IGN) }
      #expect(signals_install() == 0)
      let before = Self.counted.map(signals_count)
      for name in Self.counted { raise(name) }
      let arrived = zip(Self.counted.map(signals_count), before).map { $0 - $1 }
      #expect(arrived == [1, 0, 0, 1])
    }
  }
}
