extension KernelTable {
  /// Floating-point operations of a round of `multiplyAddRounds`.
  public static let operationsPerMultiplyAddRound = 1024

  /// Independent multiply-adds in single precision, for measuring the peak of a core.
  public func multiplyAddRounds(_ rounds: Int) -> Float { functions.multiplyAddRounds(rounds) }
}
