import CProcessor

/// The instructions that the kernels use. All levels are in one binary; a run uses one of them on all its ranks.
///
/// AVX2 and AVX-512 give the same bits: sums have 16 partial sums and one fixed tree at both.
public enum KernelLevel: Int32, Sendable, CaseIterable, Comparable {
  /// What every processor of the architecture has: SSE2 on x86-64, NEON on AArch64.
  case baseline = 0
  /// AVX2 and FMA (x86-64-v3).
  case avx2 = 1
  /// AVX-512 F, BW, CD, DQ, VL (x86-64-v4).
  case avx512 = 2

  /// The word that `--kernel` takes and the ledger stores.
  public var name: String {
    switch self {
    case .baseline: "baseline"
    case .avx2: "avx2"
    case .avx512: "avx512"
    }
  }

  public init?(name: String) {
    guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }

  /// The widest level of this processor.
  public static var widest: KernelLevel { KernelLevel(rawValue: processor_kernel_level()) ?? .baseline }

  /// The levels that this processor supports.
  public static var supported: [KernelLevel] { allCases.filter { $0 <= widest } }

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// The number of processors this process may run on.
public func availableProcessorCount() -> Int { Int(processor_available_count()) }

/// What is wrong with the level that the option `--kernel` names. The text is the user's message.
public enum KernelLevelError: Error, Hashable, CustomStringConvertible {
  case unknown(name: String)
  /// `widest` is the widest that there is on `processors`.
  case unavailable(KernelLevel, widest: KernelLevel, processors: String)

  public var description: String {
    switch self {
    case .unknown(let name):
      "--kernel takes one of \(KernelLevel.allCases.map(\.name).joined(separator: ", ")) (it is \"\(name)\")"
    case .unavailable(let level, let widest, let processors):
      "--kernel \(level.name) is not available on \(processors); the widest is --kernel \(widest.name)"
    }
  }
}

extension KernelLevel {
  /// The level that the option `--kernel` names.
  public init(option name: String) throws(KernelLevelError) {
    guard let level = KernelLevel(name: name) else { throw .unknown(name: name) }
    self = level
  }

  /// Refuses a level that is not available.
  ///
  /// - Parameters:
  ///   - widest: the widest level there is on `processors`.
  ///   - processors: where it is needed, for the message.
  public func check(within widest: KernelLevel, on processors: String) throws(KernelLevelError) {
    guard self <= widest else { throw .unavailable(self, widest: widest, processors: processors) }
  }
}
