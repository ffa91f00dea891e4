/// How a step moves the parameters: a method with its hyperparameters.
public struct Optimizer: Sendable, Hashable {
  public let method: OptimizerMethod
  /// In the order of the method's hyperparameters.
  public let values: [Double]

  /// - Parameter values: by name; the others have their defaults.
  public init(_ method: OptimizerMethod, _ values: [String: Double] = [:]) {
    let names = method.hyperparameters.map(\.name)
    precondition(values.keys.allSatisfy(names.contains))
    self.method = method
    self.values = method.hyperparameters.map { values[$0.name] ?? $0.default }
  }

  /// Flow time of a step for each unit of learning rate: 1 / (1 - momentum) where gradients are summed with momentum.
  public var flowTimeFactor: Double {
    switch method {
    case .momentum, .nesterov: 1 / (1 - values[0])
    default: 1
    }
  }

  public static let sgd = Optimizer(.sgd)
}

/// A number that an optimizer method takes.
public struct Hyperparameter: Sendable, Hashable {
  public enum Range: Sendable, Hashable {
    /// 0 <= value < 1.
    case decay
    /// 0 < value < infinity.
    case positive
    /// 0 <= value < infinity.
    case nonnegative
    /// 0 < value <= 1.
    case fraction
  }

  public let name: String
  public let `default`: Double
  public let range: Range
}

/// The methods, by the word that study files use. Formulas and sources stand in the kernel sources, one file each.
/// Where PyTorch has a method, formulas and defaults are PyTorch's; the forms of arXiv:2402.05155 and arXiv:2410.10533
/// that differ have names of their own.
public enum OptimizerMethod: String, Sendable, Hashable, CaseIterable {
  /// theta -= rate * g.
  case sgd
  /// m = momentum m + g, theta -= rate * m.
  case momentum
  /// m = momentum m + (1 - momentum) g, theta -= rate * m.
  case averagedMomentum = "momentum-averaged"
  /// m = momentum m + g, theta -= rate (g + momentum m): the gradient where the iterate is, as in PyTorch.
  case nesterov
  /// m = momentum m + (1 - momentum) g(theta - rate momentum m), theta -= rate m.
  case nesterovLookAhead = "nesterov-look-ahead"
  case adaGrad = "adagrad"
  case rmsProp = "rmsprop"
  case adadelta
  case adam
  case adamW = "adamw"
  /// Denominator sqrt((max of s) / (1 - beta2^n)) + epsilon, as in PyTorch.
  case amsGrad = "amsgrad"
  /// Denominator sqrt(max of s) + epsilon, numerator m: no bias correction.
  case amsGradUncorrected = "amsgrad-uncorrected"
  /// u = max(beta2 u, |g| + epsilon), as in PyTorch.
  case adamax
  /// u = max(beta2 u, |g|); no step where u = 0.
  case adamaxUnsmoothed = "adamax-unsmoothed"
  /// With PyTorch's momentum decay.
  case nadam
  /// With constant momentum.
  case nadamConstant = "nadam-constant"
  /// SGD whose result is the average of its iterates (Polyak and Juditsky; Ruppert), the start left out: of all, or of
  /// those after a share of the steps.
  case averagedSGD = "averaged-sgd"
  /// Gradient descent with the exact gradient of the population risk, no sampling.
  case population

  /// Whether small steps follow the gradient flow, with the sum of the learning rates as flow time, or that sum over
  /// 1 - momentum.
  public var isGradientDescent: Bool {
    switch self {
    case .sgd, .population, .averagedSGD, .momentum, .averagedMomentum, .nesterov, .nesterovLookAhead: true
    default: false
    }
  }

  public var hyperparameters: [Hyperparameter] {
    let momentum = Hyperparameter(name: "momentum", default: 0.9, range: .decay)
    let beta1 = Hyperparameter(name: "beta1", default: 0.9, range: .decay)
    let beta2 = Hyperparameter(name: "beta2", default: 0.999, range: .decay)
    func epsilon(_ value: Double) -> Hyperparameter {
      Hyperparameter(name: "epsilon", default: value, range: .positive)
    }
    switch self {
    case .sgd, .population: return []
    case .momentum, .averagedMomentum, .nesterov, .nesterovLookAhead: return [momentum]
    case .adaGrad: return [epsilon(1e-10)]
    case .rmsProp: return [Hyperparameter(name: "decay", default: 0.99, range: .decay), epsilon(1e-8)]
    case .adadelta: return [Hyperparameter(name: "decay", default: 0.9, range: .decay), epsilon(1e-6)]
    case .adam, .amsGrad, .amsGradUncorrected, .adamax, .nadamConstant: return [beta1, beta2, epsilon(1e-8)]
    case .adamaxUnsmoothed: return [beta1, beta2]
    case .adamW:
      return [beta1, beta2, epsilon(1e-8), Hyperparameter(name: "weight-decay", default: 0.01, range: .nonnegative)]
    case .nadam:
      return [
        beta1, beta2, epsilon(1e-8), Hyperparameter(name: "momentum-decay", default: 0.004, range: .nonnegative),
      ]
    // The average leaves out this share of the steps: 0 is Polyak-Ruppert, 0.5 the average of the second half.
    case .averagedSGD: return [Hyperparameter(name: "burn-in", default: 0, range: .decay)]
    }
  }
}
