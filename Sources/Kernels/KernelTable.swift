import KernelInterface
import KernelsBaseline
import KernelsBaselineDouble

#if canImport(KernelsAVX2)
  import KernelsAVX2
  import KernelsAVX2Double
  import KernelsAVX512
  import KernelsAVX512Double
#endif

/// The kernels of one level. Everything that computes a trial takes one of these, so that a process can hold several.
public struct KernelTable: Sendable {
  public let level: KernelLevel
  let functions: KernelFunctions
  private let float32: NetworkKernels
  private let float64: NetworkKernels

  /// The kernels of `level`.
  ///
  /// - Precondition: this processor supports the level.
  public init(_ level: KernelLevel) {
    precondition(level <= .widest, "this processor has no \(level.name) kernels")
    self.level = level
    switch level {
    #if canImport(KernelsAVX2)
      case .avx512:
        functions = KernelsAVX512.kernelFunctions()
        float32 = KernelsAVX512.networkKernels()
        float64 = KernelsAVX512Double.networkKernels()
      case .avx2:
        functions = KernelsAVX2.kernelFunctions()
        float32 = KernelsAVX2.networkKernels()
        float64 = KernelsAVX2Double.networkKernels()
    #endif
    default:
      functions = KernelsBaseline.kernelFunctions()
      float32 = KernelsBaseline.networkKernels()
      float64 = KernelsBaselineDouble.networkKernels()
    }
  }

  /// The kernels that train networks in `precision`.
  package func networks(_ precision: Precision) -> NetworkKernels {
    switch precision {
    case .float32: float32
    case .float64: float64
    }
  }
}
