import Foundation
import Kernels
import TestSupport

/// The bits of numbers, every NaN as the same one: which NaN an operation returns depends on the order in which the
/// compiler gives it its operands.
func bits(_ numbers: [Double]) -> [UInt64] { numbers.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern } }

func bits(_ numbers: [Float]) -> [UInt32] { numbers.map(\.bitPattern) }

/// The bits of all parameters: w, b, v, c.
func bits(_ network: ShallowParameters) -> [UInt32] {
  bits(network.innerWeights + network.innerBiases + network.outerWeights + [network.outerBias])
}

/// A law of the initial parameters, drawn through the kernels' normal numbers.
enum InitialLaw: CaseIterable, Sendable {
  /// All parameters standard normal.
  case standardNormal
  /// Normal weights of variance 2 / (neurons before), zero biases: every kink stands at 0.
  case he
  /// w, v = h^(-4/15) |N|, b, c = h^(-9/10) N.
  case halfNormal

  func draw(width h: Int, trial: Int, kernels: KernelTable) -> ShallowParameters {
    func normals(_ block: UInt32, _ count: Int, _ scale: Double) -> [Float] {
      kernels.standardNormals(count, stream: stream(trial, .initialization), step: block).map { Float($0 * scale) }
    }
    let width = Double(h)
    switch self {
    case .standardNormal:
      return ShallowParameters(
        innerWeights: normals(0, h, 1), innerBiases: normals(1, h, 1), outerWeights: normals(2, h, 1),
        outerBias: normals(3, 1, 1)[0])
    case .he:
      return ShallowParameters(
        innerWeights: normals(0, h, 2.squareRoot()), innerBiases: Array(repeating: 0, count: h),
        outerWeights: normals(2, h, (2 / width).squareRoot()), outerBias: 0)
    case .halfNormal:
      let weight = pow(width, -4 / 15)
      let bias = pow(width, -9 / 10)
      return ShallowParameters(
        innerWeights: normals(0, h, weight).map(abs), innerBiases: normals(1, h, bias),
        outerWeights: normals(2, h, weight).map(abs), outerBias: normals(3, 1, bias)[0])
    }
  }
}

/// Parameters of a shallow network in single precision: N(x) = c + sum_j v_j max(w_j x + b_j, 0).
struct ShallowParameters: Sendable, Hashable {
  /// w, one entry a neuron.
  var innerWeights: [Float]
  /// b, one entry a neuron.
  var innerBiases: [Float]
  /// v, one entry a neuron.
  var outerWeights: [Float]
  /// c.
  var outerBias: Float

  var width: Int { innerWeights.count }

  /// In the order of a vector of parameters.
  var vector: [Double] { (innerWeights + innerBiases + outerWeights + [outerBias]).map(Double.init) }
}

extension ShallowParameters {
  init(_ vector: [Double]) {
    let numbers = vector.map { Float($0) }
    let h = numbers.count / 3
    self.init(
      innerWeights: Array(numbers[..<h]), innerBiases: Array(numbers[h..<2 * h]),
      outerWeights: Array(numbers[2 * h..<3 * h]), outerBias: numbers[3 * h])
  }
}

/// The parameter blocks of a shallow network that training moves.
struct TrainedBlocks: OptionSet, Sendable, Hashable {
  let rawValue: UInt32

  static let innerWeights = TrainedBlocks(rawValue: 1)
  static let innerBiases = TrainedBlocks(rawValue: 2)
  static let outerWeights = TrainedBlocks(rawValue: 4)
  static let outerBias = TrainedBlocks(rawValue: 8)
  static let all: TrainedBlocks = [.innerWeights, .innerBiases, .outerWeights, .outerBias]
}

/// An ensemble of shallow ReLU networks in single precision that plain gradient descent trains.
struct ShallowEnsemble {
  let width: Int
  let count: Int
  private let ensemble: Ensemble

  init(width: Int, count: Int, trained: TrainedBlocks = .all, kernels: KernelTable) {
    self.width = width
    self.count = count
    ensemble = Ensemble(
      architecture: Architecture(inputDimension: 1, hidden: [width], activation: .relu), kernel: .shallow,
      precision: .float32, count: count, batchSize: 1, kernels: kernels,
      trained: [
        (trained.contains(.innerWeights), trained.contains(.innerBiases)),
        (trained.contains(.outerWeights), trained.contains(.outerBias)),
      ])
  }

  /// The parameters of a network. Setting them starts its training afresh.
  subscript(index: Int) -> ShallowParameters {
    get { ShallowParameters(ensemble.parameters(index)) }
    nonmutating set { ensemble.start(index, at: newValue.vector) }
  }

  /// The gradient of the batch's mean squared residual at the parameters of a network, block by block.
  func gradient(_ index: Int, batch: MiniBatch, indexed: Bool = false) -> ShallowParameters {
    _ = ensemble.computeGradient(index, batch: batch, isIndexed: indexed)
    return ShallowParameters(ensemble.gradient())
  }

  /// One step of stochastic gradient descent of a network.
  ///
  /// - Parameter indexed: whether to use the index of the batch, which must have been built; the same bits.
  /// - Returns: false when a trained parameter became infinite or NaN.
  func descend(_ index: Int, batch: MiniBatch, indexed: Bool = false, rate: Float) -> Bool {
    _ = ensemble.computeGradient(index, batch: batch, isIndexed: indexed)
    return ensemble.update(group: index, .gradientDescent, coefficients: [Double(rate)]) == 0
  }
}
