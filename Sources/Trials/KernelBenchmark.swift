import Kernels
import Training

/// Times kernels on this machine.
public struct KernelBenchmark: Sendable {
  private let kernels: KernelTable
  private let repetitions: Int

  public init(kernels: KernelTable, repetitions: Int = 7) {
    self.kernels = kernels
    self.repetitions = repetitions
  }

  /// Floating-point operations per second of independent single precision multiply-adds on one core.
  public func peak() -> Double {
    let rounds = 200_000
    return Double(rounds) * Double(KernelTable.operationsPerMultiplyAddRound)
      / times { _ = kernels.multiplyAddRounds(rounds) }.min()!
  }

  /// Times of one optimizer step of one network, in seconds, one for each repetition, when `networks` trials of a cell
  /// are trained by one thread: random numbers of batches, gradients, updates. The difference of two trainings, so that
  /// initialization does not count; no risk at the end.
  ///
  /// - Parameter beginning: the cell with fewer steps.
  /// - Returns: the times, and how many of the networks diverged: they were done early, so that the times say nothing.
  public func secondsPerStep(
    _ runner: CellRunner, beginning: CellRunner, networks: Int
  ) -> (seconds: [Double], diverged: Int) {
    let steps = networks * (runner.cell.training.steps.count - beginning.cell.training.steps.count)
    let clock = ContinuousClock()
    var diverged = 0
    let pairs = (0..<repetitions).map { _ in
      (
        first: clock.measure { beginning.train(0..<networks, kernels: kernels) } / .seconds(1),
        all: clock.measure { diverged = runner.train(0..<networks, kernels: kernels) } / .seconds(1)
      )
    }
    // The least time of the beginning: one that was disturbed would make a difference too small.
    let first = pairs.map(\.first).min()!
    return (pairs.map { ($0.all - first) / Double(steps) }, diverged)
  }

  /// Steps of a cell that `networks` networks take in about `seconds`.
  public func steps(_ runner: CellRunner, networks: Int, seconds: Double) -> Int {
    let clock = ContinuousClock()
    let time = clock.measure { runner.train(0..<networks, kernels: kernels) } / .seconds(1)
    return max(2, Int(Double(runner.cell.training.steps.count) * seconds / time))
  }

  private func times(_ body: () -> Void) -> [Double] {
    let clock = ContinuousClock()
    return (0..<repetitions).map { _ in clock.measure(body) / .seconds(1) }
  }
}

extension CellRunner {
  /// Floating-point operations of a dense gradient of one network on one batch: for each sample 4 for each weight, forward
  /// and for its gradient, and 2 more for each weight behind the first layer. Nil for a method without batches.
  public var denseOperationsPerStep: Double? {
    guard case .miniBatch(let plan) = cell.training else { return nil }
    let weights = cell.architecture.parameterRanges.map { Double($0.weights.count) }
    return Double(plan.batchSize) * (6 * weights.reduce(0, +) - 2 * weights[0])
  }

  /// Trains and forgets. Returns how many trials diverged.
  @discardableResult
  func train(_ trials: Range<Int>, kernels: KernelTable) -> Int {
    var diverged = 0
    trainer.train(trials, kernels: kernels) { trained in
      if case .diverged = trained.end { diverged += 1 }
    }
    return diverged
  }
}
