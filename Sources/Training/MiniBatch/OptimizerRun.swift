import Expressions
import Kernels

/// An optimizer at work: the update rule of its method and the coefficients of the rule, step by step.
///
/// Coefficients do not depend on the networks, so that all trials of a cell share them.
public struct OptimizerRun: Sendable {
  public let method: UpdateMethod
  /// Numbers that the rule keeps for each parameter.
  public let slots: Int
  /// Slots that start as copies of the parameters; the others start at 0.
  public let copiedSlots: [Int]
  /// The slot where the iterate to report stands; nil: the parameters themselves.
  public let iterateSlot: Int?

  private let optimizer: Optimizer
  /// The step after which averaged SGD begins its average.
  private let averageStart: Int
  /// The step whose coefficients come next.
  private var next = 0
  // Of step n = `next`:
  /// beta1^n and beta2^n.
  private var powers = (1.0, 1.0)
  /// Nadam's 0.96^(n * momentum decay) and 0.96^(momentum decay).
  private var momentumDecay = (1.0, 1.0)
  /// Nadam's mu_1 ... mu_n.
  private var momentumProduct = 1.0

  /// - Parameter steps: of the whole training, at least 1.
  public init(_ optimizer: Optimizer, steps: Int) {
    precondition(steps >= 1)
    self.optimizer = optimizer
    averageStart = optimizer.method == .averagedSGD ? Int((optimizer[.burnIn] * Double(steps)).nextUp) : 0
    (method, slots) =
      switch optimizer.method {
      case .sgd: (.gradientDescent, 0)
      case .momentum: (.momentum, 1)
      case .averagedMomentum: (.averagedMomentum, 1)
      case .nesterov: (.nesterov, 1)
      case .nesterovLookAhead: (.nesterovLookAhead, 2)
      case .adaGrad: (.adaGrad, 1)
      case .rmsProp: (.rmsProp, 1)
      case .adadelta: (.adadelta, 2)
      case .adam: (.adam, 2)
      case .adamW: (.adamW, 2)
      case .amsGrad: (.amsGrad, 3)
      case .amsGradUncorrected: (.amsGradUncorrected, 3)
      case .adamax: (.adamax, 2)
      case .adamaxUnsmoothed: (.adamaxUnsmoothed, 2)
      case .nadam: (.nadam, 2)
      case .nadamConstant: (.nadamConstant, 2)
      case .averagedSGD: (.averagedGradientDescent, 2)
      }
    iterateSlot =
      switch optimizer.method {
      case .nesterovLookAhead: 1
      case .averagedSGD: 0
      default: nil
      }
    copiedSlots = iterateSlot.map { [$0] } ?? []
    if optimizer.method == .nadam {
      // By the interpreter of expressions, whose powers have the same bits on every machine.
      let power = try! Expression(parsing: "0.96^x", variables: ["x"]).program(of: "x")
      momentumDecay.1 = power.evaluate(at: [optimizer[.momentumDecay]])[0]
    }
  }

  /// The coefficients of step `n`; to be called once for each step, n = 0, 1, ...
  ///
  /// - Parameters:
  ///   - rate: the learning rate of the step.
  ///   - nextRate: that of the step after it (any number in the last step, in which nothing to report depends on it).
  /// - Returns: at most 8 numbers, whose meaning stands with the rule in the kernel sources.
  public mutating func coefficients(step n: Int, rate: Double, nextRate: Double) -> [Double] {
    precondition(n == next, "coefficients are computed step by step")
    next += 1
    switch optimizer.method {
    case .sgd: return [rate]
    case .momentum: return [rate, optimizer[.momentum], 1]
    case .nesterov: return [rate, optimizer[.momentum]]
    case .averagedMomentum:
      let momentum = optimizer[.momentum]
      return [rate, momentum, 1 - momentum]
    case .nesterovLookAhead:
      let momentum = optimizer[.momentum]
      return [rate, momentum, 1 - momentum, nextRate * momentum]
    case .adaGrad: return [rate, optimizer[.epsilon]]
    case .rmsProp, .adadelta:
      let decay = optimizer[.decay]
      return [rate, decay, 1 - decay, optimizer[.epsilon]]
    case .averagedSGD: return [rate, n < averageStart ? 1 : 1 / Double(n - averageStart + 1)]
    case .adam, .adamW, .amsGrad, .amsGradUncorrected, .adamax, .adamaxUnsmoothed, .nadam, .nadamConstant:
      return momentCoefficients(rate: rate)
    }
  }

  /// The coefficients of Adam and its relatives.
  private mutating func momentCoefficients(rate: Double) -> [Double] {
    let (beta1, beta2) = (optimizer[.beta1], optimizer[.beta2])
    powers.0 *= beta1
    powers.1 *= beta2
    let correction1 = 1 - powers.0
    let root = (1 - powers.1).squareRoot()
    switch optimizer.method {
    case .adamax: return [rate / correction1, beta1, 1 - beta1, beta2, optimizer[.epsilon]]
    case .adamaxUnsmoothed: return [rate / correction1, beta1, 1 - beta1, beta2]
    case .amsGradUncorrected: return [rate, beta1, 1 - beta1, beta2, 1 - beta2, optimizer[.epsilon]]
    case .nadam:
      momentumDecay.0 *= momentumDecay.1
      let momentum = beta1 * (1 - 0.5 * momentumDecay.0)
      let nextMomentum = beta1 * (1 - 0.5 * momentumDecay.0 * momentumDecay.1)
      momentumProduct *= momentum
      let ofAverage = nextMomentum / (1 - momentumProduct * nextMomentum)
      let ofGradient = (1 - momentum) / (1 - momentumProduct)
      return [
        rate * ofAverage * root, beta1, 1 - beta1, beta2, 1 - beta2, optimizer[.epsilon] * root,
        rate * ofGradient * root,
      ]
    case .nadamConstant:
      let ofAverage = beta1 / (1 - powers.0 * beta1)
      let ofGradient = (1 - beta1) / correction1
      return [
        rate * ofAverage * root, beta1, 1 - beta1, beta2, 1 - beta2, optimizer[.epsilon] * root,
        rate * ofGradient * root,
      ]
    default:
      let adam = [rate * root / correction1, beta1, 1 - beta1, beta2, 1 - beta2, optimizer[.epsilon] * root]
      return optimizer.method == .adamW ? adam + [1 - rate * optimizer[.weightDecay]] : adam
    }
  }
}
