/// Where the samples of an optimizer step come from: inputs, and the targets that belong to them.
public enum SampleSource: Sendable, Hashable {
  /// Scalar inputs of a law; the samples are those of ``MiniBatch``.
  case scalar(ScalarLaw, target: Program)
  /// Inputs with independent coordinates.
  case vector(VectorLaw, target: Program)
  case data(SampledData)

  /// How the points of a data set become the samples of a step.
  public enum Sampling: String, Sendable, Hashable, CaseIterable {
    /// Every sample of a step is drawn from all points.
    case withReplacement = "with-replacement"
    /// A random order of the points for each pass through them, cut into batches; a rest smaller than a batch is left
    /// out of the pass.
    case withoutReplacement = "without-replacement"
    /// All points in their order at every step.
    case full
  }

  /// Whether samples have weights.
  public var hasWeightedSamples: Bool { if case .data(let data) = self { data.hasWeightedSamples } else { false } }

  /// Coordinates of an input.
  public var dimension: Int {
    switch self {
    case .scalar: 1
    case .vector(let law, _): law.dimension
    case .data(let data): data.dimension
    }
  }
}

/// The law of an input with independent coordinates: coordinate k is offsets[k] + scales[k] times a variable that is
/// uniform on (0, 1) or standard normal.
public struct VectorLaw: Sendable, Hashable {
  public enum Shape: Sendable, Hashable {
    case uniform
    case normal
  }

  public let shape: Shape
  public let offsets: [Double]
  public let scales: [Double]

  /// - Precondition: there is one scale an offset, and at most `maximumDimension` of them.
  public init(_ shape: Shape, offsets: [Double], scales: [Double]) {
    precondition(offsets.count == scales.count && (1...Self.maximumDimension).contains(offsets.count))
    self.shape = shape
    self.offsets = offsets
    self.scales = scales
  }

  /// The addresses of the random words of a step count 32 samples times this many coordinates for the largest batch.
  public static let maximumDimension = 1 << 14

  public var dimension: Int { offsets.count }
}

/// A finite data set, and how its points become the samples of a step.
public struct SampledData: Sendable, Hashable {
  public let dimension: Int
  /// [point][coordinate].
  public let inputs: [Double]
  public let targets: [Double]
  /// Of the points, at least 0 with sum 1; nil: all are equal.
  public let weights: [Double]?
  public let sampling: SampleSource.Sampling

  /// - Precondition: there is a target for every point, and at least one point.
  public init(
    dimension: Int, inputs: [Double], targets: [Double], weights: [Double]? = nil, sampling: SampleSource.Sampling
  ) {
    precondition(dimension >= 1 && !targets.isEmpty && inputs.count == targets.count * dimension)
    precondition(weights?.count ?? targets.count == targets.count)
    self.dimension = dimension
    self.inputs = inputs
    self.targets = targets
    self.weights = weights
    self.sampling = sampling
  }

  /// Whether samples have weights: points with weights that are not drawn by them.
  public var hasWeightedSamples: Bool { weights != nil && sampling != .withReplacement }

  /// Number of points.
  public var count: Int { targets.count }
}
