import Foundation
import Kernels
import Networks

/// What the closed forms of dead neurons need of an initial law.
enum EntryLaw: Equatable {
  case zero
  case normal(scale: Double)
  /// Positive.
  case halfNormal(scale: Double)
  /// Uniform on [-bound, bound].
  case uniform(bound: Double)
  /// Symmetric with a density.
  case symmetric

  /// Nil for laws that are in no closed form.
  ///
  /// - Parameter fanIn: inputs of a neuron.
  init?(_ law: InitialLaw, values: [Double], fanIn: Int) {
    switch law {
    case .normal: self = .normal(scale: values[0].magnitude)
    case .halfNormal:
      guard values[0] >= 0 else { return nil }
      self = .halfNormal(scale: values[0])
    case .uniform:
      guard values[0] == -values[1] else { return nil }
      self = .uniform(bound: values[1].magnitude)
    // Scalar inputs have fan-in 1; with more of them the bound is not needed.
    case .pytorch: self = fanIn == 1 ? .uniform(bound: values[0].magnitude) : .symmetric
    case .scaled: self = .symmetric
    case .constant, .largeBias: self = .zero
    }
    if values.allSatisfy({ $0 == 0 }) { self = .zero } else if self == .zero { return nil }
  }

  /// Whether w and -w have the same law, which has a density.
  var isSymmetricWithDensity: Bool {
    switch self {
    case .normal, .uniform, .symmetric: true
    case .zero, .halfNormal: false
    }
  }

  /// The probability that a bias is at most -k |w|, for weights w of this law; nil where it is not known.
  func biasBelow(_ k: Double, _ biases: EntryLaw) -> Double? {
    switch (self, biases) {
    case (.zero, _): nil
    case (_, .zero): k <= 0 ? 1 : 0
    case (.normal(let scale), .normal(let biasScale)), (.halfNormal(let scale), .normal(let biasScale)):
      atan2(biasScale, k * scale) / .pi
    case (.uniform(let bound), .uniform(let biasBound)):
      k < 0 ? 1 - Self.uniformTail(-k * bound, biasBound) : Self.uniformTail(k * bound, biasBound)
    default: nil
    }
  }

  /// The mean of max(1 - u / bound, 0) / 2 over u uniform on [0, reach].
  private static func uniformTail(_ reach: Double, _ bound: Double) -> Double {
    reach <= bound ? 0.5 - reach / (4 * bound) : bound / (4 * reach)
  }
}

extension Initialization {
  /// The laws of the parameters of a layer; nil where one is in no closed form.
  func entryLaws(ofLayer layer: Int, _ architecture: Architecture) -> (weights: EntryLaw, biases: EntryLaw)? {
    func entries(_ kind: ParameterBlock.Kind) -> EntryLaw? {
      law(ParameterBlock(layer: layer, kind: kind), depth: architecture.depth).flatMap {
        EntryLaw($0, values: Self.values(of: $0, architecture), fanIn: architecture.fanIn(layer: layer))
      }
    }
    guard let weights = entries(.weights), let biases = entries(.biases) else { return nil }
    return (weights, biases)
  }
}
