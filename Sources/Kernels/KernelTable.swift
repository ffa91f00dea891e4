import KernelInterface
import KernelsBaseline

#if arch(x86_64)
  import KernelsAVX2
  import KernelsAVX512
#endif

/// The kernels of one level. Everything that computes a trial takes one of these, so that a process can hold several.
public struct KernelTable: Sendable {
  public let level: KernelLevel
  let functions: KernelFunctions

  /// The kernels of `level`.
  ///
  /// - Precondition: this processor supports the level.
  public init(_ level: KernelLevel) {
    precondition(level <= .widest, "this processor has no \(level.name) kernels")
    self.level = level
    switch level {
    #if arch(x86_64)
      case .avx512: functions = KernelsAVX512.kernelFunctions()
      case .avx2: functions = KernelsAVX2.kernelFunctions()
    #endif
    default: functions = KernelsBaseline.kernelFunctions()
    }
  }
}
