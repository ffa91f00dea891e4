/// The precision of parameters, gradients and optimizer states. Inputs are single precision numbers and targets are
/// evaluated in double precision either way, so that both precisions see the same batches.
public enum Precision: String, Sendable, Hashable, CaseIterable {
  /// IEEE 754 binary32.
  case float32
  /// IEEE 754 binary64.
  case float64

  /// Bytes of a number.
  public var byteCount: Int { self == .float32 ? 4 : 8 }

  /// Whether a number is finite once it is rounded to this precision.
  public func isFinite(_ number: Double) -> Bool { self == .float32 ? Float(number).isFinite : number.isFinite }

  /// Numbers in a vector of the kernels: the networks that the kernel `dense-networks` trains at a time.
  public var lanes: Int { 64 / byteCount }
}
