/// What a hidden neuron applies to its pre-activation z.
public struct Activation: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// max(z, 0), with derivative 0 at 0.
    case relu
    /// z for z > 0, slope * z otherwise; the slope is the parameter.
    case leakyReLU = "leaky-relu"
    /// min(max(z, 0), 1), with derivative 0 at 0 and at 1.
    case clipping
    /// z: deep linear networks.
    case identity
    /// 1 / (1 + exp(-z)).
    case logistic
    /// tanh(z).
    case tanh
    /// log(1 + exp(z)).
    case softplus
    /// z Phi(z) with the standard normal distribution function Phi (Hendrycks and Gimpel, arXiv:1606.08415).
    case gelu
    /// z / (1 + exp(-z)) (Elfwing, Uchibe and Doya, arXiv:1702.03118).
    case silu
    /// z for z > 0, alpha (exp(z) - 1) otherwise; alpha is the parameter (Clevert, Unterthiner and Hochreiter,
    /// arXiv:1511.07289).
    case elu
    /// z / (1 + |z|).
    case softsign
    /// sin(z).
    case sine
    /// 1 for z > 0, 0 otherwise, trained with the straight-through gradient: as if the derivative were 1 (Bengio, Leonard
    /// and Courville, arXiv:1308.3432).
    case threshold = "threshold-straight-through"

    /// The code that the kernels know the activation by.
    public var code: Int32 { Int32(Self.allCases.firstIndex(of: self)!) }
  }

  public let kind: Kind
  /// Slope of the leaky ReLU, alpha of the ELU; 0 for the others.
  public let parameter: Double

  public init(_ kind: Kind, parameter: Double? = nil) {
    self.kind = kind
    self.parameter = parameter ?? Self.defaultParameter(kind) ?? 0
  }

  public static let relu = Activation(.relu)
}
