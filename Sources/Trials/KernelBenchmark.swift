import Kernels

/// Times kernels on this machine.
public struct KernelBenchmark {
  private let kernels: KernelTable
  private static let repetitions = 7

  public init(kernels: KernelTable) { self.kernels = kernels }

  /// Floating-point operations per second of independent single precision multiply-adds on one core.
  public func peak() -> Double {
    let rounds = 200_000
    return Double(rounds) * Double(KernelTable.operationsPerMultiplyAddRound)
      / least { _ = kernels.multiplyAddRounds(rounds) }
  }

  /// Time of one optimizer step of one network, in seconds, when `networks` trials of a cell are trained by one thread.
  public func secondsPerStep(_ runner: CellRunner, networks: Int) -> Double {
    least { _ = runner.outcomes(of: 0..<networks, kernels: kernels) } / Double(networks * runner.cell.training.steps)
  }

  private func least(_ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    return (0..<Self.repetitions).map { _ in clock.measure(body) / .seconds(1) }.min()!
  }
}
