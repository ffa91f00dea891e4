/// How a step moves the parameters: a method with its hyperparameters.
public struct Optimizer: Sendable, Hashable {
  /// A hyperparameter with its value.
  public struct Setting: Sendable, Hashable {
    public let name: Hyperparameter.Name
    public let value: Double
  }

  public let method: OptimizerMethod
  /// In the order of the method's hyperparameters.
  public let settings: [Setting]

  /// - Parameter values: by name; the others have their defaults.
  public init(_ method: OptimizerMethod, _ values: [Hyperparameter.Name: Double] = [:]) {
    let hyperparameters = method.hyperparameters
    precondition(values.keys.allSatisfy { name in hyperparameters.contains { $0.name == name } })
    self.method = method
    settings = hyperparameters.map { Setting(name: $0.name, value: values[$0.name] ?? $0.default) }
  }

  /// The value of a hyperparameter.
  ///
  /// - Precondition: the method has it.
  public subscript(name: Hyperparameter.Name) -> Double {
    guard let setting = settings.first(where: { $0.name == name }) else {
      preconditionFailure("\(method.rawValue) has no \(name.rawValue)")
    }
    return setting.value
  }

  /// Flow time of a step for each unit of learning rate: 1 / (1 - momentum) where gradients are summed with momentum.
  public var flowTimeFactor: Double {
    switch method {
    case .momentum, .nesterov: 1 / (1 - self[.momentum])
    default: 1
    }
  }

  public static let sgd = Optimizer(.sgd)
}

/// A number that an optimizer method takes.
public struct Hyperparameter: Sendable, Hashable {
  /// By the word that study files use.
  public enum Name: String, Sendable, Hashable, CaseIterable {
    case momentum, beta1, beta2, epsilon
    /// Of the mean square of gradients.
    case decay
    case weightDecay = "weight-decay"
    case momentumDecay = "momentum-decay"
    /// The average leaves out this share of the steps: 0 is Polyak-Ruppert, 0.5 the average of the second half.
    case burnIn = "burn-in"
  }

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

  public let name: Name
  public let `default`: Double
  public let range: Range

  init(_ name: Name, default value: Double, _ range: Range) {
    self.name = name
    `default` = value
    self.range = range
  }
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

  /// Whether small steps follow the gradient flow, with the sum of the learning rates as flow time, or that sum over
  /// 1 - momentum.
  public var isGradientDescent: Bool {
    switch self {
    case .sgd, .averagedSGD, .momentum, .averagedMomentum, .nesterov, .nesterovLookAhead: true
    default: false
    }
  }

  public var hyperparameters: [Hyperparameter] {
    let momentum = Hyperparameter(.momentum, default: 0.9, .decay)
    let beta1 = Hyperparameter(.beta1, default: 0.9, .decay)
    let beta2 = Hyperparameter(.beta2, default: 0.999, .decay)
    func epsilon(_ value: Double) -> Hyperparameter { Hyperparameter(.epsilon, default: value, .positive) }
    switch self {
    case .sgd: return []
    case .momentum, .averagedMomentum, .nesterov, .nesterovLookAhead: return [momentum]
    case .adaGrad: return [epsilon(1e-10)]
    case .rmsProp: return [Hyperparameter(.decay, default: 0.99, .decay), epsilon(1e-8)]
    case .adadelta: return [Hyperparameter(.decay, default: 0.9, .decay), epsilon(1e-6)]
    case .adam, .amsGrad, .amsGradUncorrected, .adamax, .nadamConstant: return [beta1, beta2, epsilon(1e-8)]
    case .adamaxUnsmoothed: return [beta1, beta2]
    case .adamW: return [beta1, beta2, epsilon(1e-8), Hyperparameter(.weightDecay, default: 0.01, .nonnegative)]
    case .nadam: return [beta1, beta2, epsilon(1e-8), Hyperparameter(.momentumDecay, default: 0.004, .nonnegative)]
    case .averagedSGD: return [Hyperparameter(.burnIn, default: 0, .decay)]
    }
  }
}
