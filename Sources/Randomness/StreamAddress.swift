/// What the random numbers of a stream are for. The raw values are part of the definition of a trial.
public enum Purpose: UInt8, Sendable {
  /// Inputs of the mini-batches; the step of the address is the optimizer step.
  case batch = 1
  /// Initial parameters; the step of the address is the parameter block.
  case initialization = 2
  /// Inputs of mini-batches that all trials of a cell share; the trial of the address is 0.
  case sharedBatch = 3
  /// Random parameters of a teacher network; cell key and trial of the address are 0, the step is the parameter block.
  case teacher = 4
  /// Points of a generated data set; cell key and trial of the address are 0.
  case data = 5
  /// The fixed points at which a risk is estimated; the trial of the address is 0.
  case evaluation = 6
}

/// Where a stream of random words begins: everything of its Philox counter and key but step and block.
///
/// | counter word | content |
/// |---|---|
/// | 0 | block within the step |
/// | 1 | step |
/// | 2 | trial, low 32 bits |
/// | 3 | trial, high 8 bits; purpose in the top 8 bits |
///
/// The 64-bit key of a cell is the first two words of the block with counter (cell key low, cell key high, "LAND",
/// "FALL") under the study seed as key. Two addresses that differ in cell key, trial or purpose share no block, except
/// that two of n cells of a study have the same Philox key with probability below n^2 / 2^65.
public struct StreamAddress: Sendable, Hashable {
  /// Philox key: word 0 in the low half.
  public let key: UInt64
  /// Counter words 2 (low half) and 3 (high half).
  public let high: UInt64

  /// - Precondition: 0 <= trial < 2^40.
  public init(studySeed: UInt64, cellKey: UInt64, trial: Int, purpose: Purpose) {
    precondition(0 <= trial && trial < 1 << 40, "a trial index lies in 0 ..< 2^40")
    let words = Philox4x32.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: cellKey), UInt32(truncatingIfNeeded: cellKey >> 32), 0x4C41_4E44, 0x4641_4C4C),
      key: SIMD2(UInt32(truncatingIfNeeded: studySeed), UInt32(truncatingIfNeeded: studySeed >> 32)))
    key = UInt64(words[0]) | UInt64(words[1]) << 32
    high = UInt64(trial) | UInt64(purpose.rawValue) << 56
  }

  /// The words of one block of this stream.
  public func block(_ block: UInt32, step: UInt32) -> SIMD4<UInt32> {
    Philox4x32.block(
      counter: SIMD4(block, step, UInt32(truncatingIfNeeded: high), UInt32(truncatingIfNeeded: high >> 32)),
      key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
  }
}
