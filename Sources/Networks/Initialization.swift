import Expressions
import Kernels
import Numerics
import Randomness

/// Where trials begin: the initial laws of all blocks of a network, or a starting point.
public struct Initialization: Sendable, Hashable {
  /// A block has the law of its own name, or else the one of "weights" or "biases". Empty with a starting point.
  public let laws: [BlockName: InitialLaw]
  /// Nil where laws say it all.
  public let start: StartingPoint?

  public init(laws: [BlockName: InitialLaw]) {
    self.laws = laws
    start = nil
  }

  public init(start: StartingPoint) {
    laws = [:]
    self.start = start
  }

  /// The law of a block; nil if there is none.
  public func law(_ block: ParameterBlock, depth: Int) -> InitialLaw? {
    laws[BlockName(block.name(depth: depth))] ?? laws[BlockName(block.kind.rawValue)]
  }

  /// The laws with the numbers of an architecture, ready to draw from.
  ///
  /// - Parameter trained: the blocks that training moves, in which trials leave a starting point; all if nil.
  /// - Precondition: every block has a law, or the starting point has as many numbers as the architecture.
  public func resolved(_ architecture: Architecture, trained: [ParameterBlock]? = nil) -> ResolvedInitialization {
    if let start {
      return ResolvedInitialization(start: start, architecture: architecture, trained: trained)
    }
    return ResolvedInitialization(
      blocks: architecture.blocks.map { block in
        let law = law(block, depth: architecture.depth)!
        return (
          count: architecture.count(block), step: block.streamStep,
          law: ResolvedLaw(
            law, values: Self.values(of: law, architecture), fanIn: architecture.fanIn(layer: block.layer),
            fanOut: architecture.fanOut(layer: block.layer))
        )
      })
  }

  /// The values of the expressions of a law in an architecture.
  public static func values(of law: InitialLaw, _ architecture: Architecture) -> [Double] {
    law.expressions.map { expression in
      var expression = expression.substituting("d", Double(architecture.inputDimension))
      for (layer, width) in architecture.hidden.enumerated() {
        expression = expression.substituting("h\(layer + 1)", Double(width))
      }
      return expression.program(of: "h").evaluate(at: [Double(architecture.width)])[0]
    }
  }
}

/// An initial law with its numbers.
enum ResolvedLaw: Sendable {
  case normal(scale: Double)
  case halfNormal(scale: Double)
  case uniform(lower: Double, upper: Double)
  case constant(Double)

  init(_ law: InitialLaw, values: [Double], fanIn: Int, fanOut: Int) {
    switch law {
    case .normal: self = .normal(scale: values[0])
    case .halfNormal: self = .halfNormal(scale: values[0])
    case .uniform: self = .uniform(lower: values[0], upper: values[1])
    case .constant: self = .constant(values[0])
    case .largeBias: self = .constant(-values[0])
    case .scaled(let rule, let shape, _):
      let variance = rule.variance(fanIn: fanIn, fanOut: fanOut)
      switch shape {
      case .normal: self = .normal(scale: values[0] * variance.squareRoot())
      case .uniform:
        let bound = values[0] * (3 * variance).squareRoot()
        self = .uniform(lower: -bound, upper: bound)
      }
    case .pytorch:
      let bound = values[0] / Double(fanIn).squareRoot()
      self = .uniform(lower: -bound, upper: bound)
    }
  }
}

/// A point around which trials begin: at a distance from it, in a direction that is uniform over the parameters that
/// training moves.
public struct StartingPoint: Sendable, Hashable {
  /// Layer by layer the weights as [output][input], then the biases.
  public let point: [Double]
  /// Euclidean.
  public let distance: Double
  public let name: Name

  /// What study files call the point.
  public enum Name: Sendable, Hashable {
    /// By its numbers.
    case numbers
    /// The saddle of an affine target with this many kinks; whether the neuron with the leftmost one is active on its
    /// right.
    case saddle(kinks: Int, isFirstActiveOnRight: Bool)
  }

  public init(point: [Double], distance: Double, name: Name = .numbers) {
    self.point = point
    self.distance = distance
    self.name = name
  }
}

/// Initial laws with the numbers of one architecture.
public struct ResolvedInitialization: Sendable {
  let blocks: [(count: Int, step: UInt32, law: ResolvedLaw)]
  /// Added to what the laws give, which is then the direction, brought to a length.
  private let start: StartingPoint?

  init(blocks: [(count: Int, step: UInt32, law: ResolvedLaw)]) {
    self.blocks = blocks
    start = nil
  }

  init(start: StartingPoint, architecture: Architecture, trained: [ParameterBlock]?) {
    precondition(start.point.count == architecture.parameterCount)
    // Independent normal coordinates have a uniform direction.
    blocks = architecture.blocks.map { block in
      let isTrained = trained?.contains(block) ?? true
      return (
        count: architecture.count(block), step: block.streamStep, law: isTrained ? .normal(scale: 1) : .constant(0)
      )
    }
    self.start = start
  }

  /// The initial parameters of a trial in double precision, layer by layer the weights as [output][input], then the
  /// biases.
  public func draw(studySeed: UInt64, cellKey: UInt64, trial: Int, kernels: KernelTable) -> [Double] {
    draw(
      stream: StreamAddress(studySeed: studySeed, cellKey: cellKey, trial: trial, purpose: .initialization),
      kernels: kernels)
  }

  /// The same from a stream of one's own.
  public func draw(stream: StreamAddress, kernels: KernelTable) -> [Double] {
    let numbers = drawLaws(stream, kernels)
    guard let start else { return numbers }
    let length = numbers.euclideanNorm
    return zip(start.point, numbers).map { $0 + start.distance * ($1 / length) }
  }

  private func drawLaws(_ stream: StreamAddress, _ kernels: KernelTable) -> [Double] {
    blocks.flatMap { block -> [Double] in
      switch block.law {
      case .normal(let scale):
        kernels.standardNormals(block.count, stream: stream, step: block.step).map { scale * $0 }
      case .halfNormal(let scale):
        kernels.standardNormals(block.count, stream: stream, step: block.step).map { scale * $0.magnitude }
      case .uniform(let lower, let upper):
        kernels.uniforms(block.count, stream: stream, step: block.step).map { lower + (upper - lower) * $0 }
      case .constant(let value):
        Array(repeating: value, count: block.count)
      }
    }
  }
}
