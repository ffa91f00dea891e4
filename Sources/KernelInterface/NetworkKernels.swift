/// The kernels of one level and one precision that train networks.
///
/// Memory is raw because single and double precision share this type. `Real` below is Float or Double; every array of
/// Real is aligned to 64 bytes. `widths` are d, n_1, ..., n_L, 1: input dimension, hidden widths, output; `layers` is
/// L + 1, the number of affine maps.
///
/// *Padded layout* of parameters and gradients (`shallow`, `piecewise linear` and `dense neurons`): for each layer the
/// weights as [input][output rounded up to 16], then the biases [output rounded up to 16]; the output layer holds its
/// weights as [input rounded up to 16], then its bias in the first of 16 places. Padding is 0. For a shallow
/// network with scalar input that is w, b, v, c.
///
/// *Lane layout* (`dense networks`): parameter k of the network in lane l at k * lanes + l, the parameters layer by
/// layer, weights as [output][input], then biases; no padding. 16 lanes in single, 8 in double precision.
///
/// Activations by code: 0 relu, 1 leaky relu (parameter: slope for z < 0), 2 clipping min(max(z, 0), 1), 3 identity,
/// 4 logistic, 5 tanh, 6 softplus, 7 gelu (with the error function), 8 silu, 9 elu (parameter: alpha), 10 softsign,
/// 11 sine, 12 threshold 1{z > 0} with the straight-through derivative 1. The derivative of 0 ... 2 at a kink is that of
/// the side z < 0 (for clipping at 1: 0).
public struct NetworkKernels: Sendable {
  public typealias ShallowGradient =
    @Sendable (
      _ parameters: UnsafeRawPointer, _ order: UnsafeMutablePointer<UInt32>, _ gradient: UnsafeMutableRawPointer,
      _ width: Int, _ activation: Int32, _ activationParameter: Double, _ batch: UnsafeMutableRawPointer,
      _ batchSize: Int, _ lower: Float, _ upper: Float, _ scratch: UnsafeMutableRawPointer
    ) -> Void
  /// False, with the gradient untouched, when the network has more breakpoints than `capacity`.
  public typealias PiecewiseLinearGradient =
    @Sendable (
      _ parameters: UnsafeRawPointer, _ gradient: UnsafeMutableRawPointer, _ widths: UnsafePointer<Int32>,
      _ layers: Int, _ activation: Int32, _ activationParameter: Double, _ batch: UnsafeMutableRawPointer,
      _ batchSize: Int, _ lower: Float, _ upper: Float, _ isIndexed: Bool, _ capacity: Int,
      _ scratch: UnsafeMutableRawPointer
    ) -> Bool
  /// Inputs [size][d], targets [size]. Gradient of the sum of weights[i] * (N(x_i) - y_i)^2 with sample weights [size]
  /// of Real, 1 / size each where there are none; returns that sum.
  public typealias DenseNeuronsGradient =
    @Sendable (
      _ parameters: UnsafeRawPointer, _ gradient: UnsafeMutableRawPointer, _ widths: UnsafePointer<Int32>,
      _ layers: Int, _ activation: Int32, _ activationParameter: Double, _ inputs: UnsafeRawPointer,
      _ targets: UnsafeRawPointer, _ weights: UnsafeRawPointer?, _ size: Int, _ scratch: UnsafeMutableRawPointer
    ) -> Double
  /// Inputs [size][d], values [size].
  public typealias DenseNeuronsValues =
    @Sendable (
      _ parameters: UnsafeRawPointer, _ widths: UnsafePointer<Int32>, _ layers: Int, _ activation: Int32,
      _ activationParameter: Double, _ inputs: UnsafeRawPointer, _ values: UnsafeMutableRawPointer, _ size: Int,
      _ scratch: UnsafeMutableRawPointer
    ) -> Void
  /// Inputs [size][d][lanes], targets and sample weights [size][lanes], or [size][d] and [size] where the lanes share
  /// them. Gradient of the sum of weights[i] * (N(x_i) - y_i)^2, with 1 / size each where there are no weights; that sum
  /// for each lane is left in `risks`, one vector of Real.
  public typealias DenseNetworksGradient =
    @Sendable (
      _ parameters: UnsafeRawPointer, _ gradient: UnsafeMutableRawPointer, _ widths: UnsafePointer<Int32>,
      _ layers: Int, _ activation: Int32, _ activationParameter: Double, _ inputs: UnsafeRawPointer,
      _ targets: UnsafeRawPointer, _ weights: UnsafeRawPointer?, _ isShared: Bool, _ size: Int,
      _ risks: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer
    ) -> Void
  /// `method`: raw value of `UpdateMethod`. State slot s of element i is at s * stateStride + i. `count` is a multiple
  /// of the lanes. Returns a bit for each lane (element index modulo the lanes) in which a parameter became infinite or NaN or a
  /// second moment overflowed.
  public typealias Update =
    @Sendable (
      _ method: Int32, _ parameters: UnsafeMutableRawPointer, _ gradient: UnsafeRawPointer,
      _ state: UnsafeMutableRawPointer, _ stateStride: Int, _ count: Int, _ coefficients: UnsafePointer<Double>
    ) -> UInt32
  /// Adds to sums[l] the squares of the elements whose index modulo the lanes is l, in double precision.
  public typealias AddSquares =
    @Sendable (_ vector: UnsafeRawPointer, _ count: Int, _ sums: UnsafeMutablePointer<Double>) -> Void
  /// Multiplies the elements whose index modulo the lanes is l by factors[l].
  public typealias Scale =
    @Sendable (_ vector: UnsafeMutableRawPointer, _ count: Int, _ factors: UnsafePointer<Double>) -> Void
  public typealias ScratchByteCount = @Sendable (_ widths: UnsafePointer<Int32>, _ layers: Int, _ size: Int) -> Int

  public let shallowGradient: ShallowGradient
  public let shallowGradientOnIndexedBatch: ShallowGradient
  /// Of the widths; `size` is not used.
  public let shallowScratchByteCount: ScratchByteCount
  public let piecewiseLinearGradient: PiecewiseLinearGradient
  /// `size`: the capacity.
  public let piecewiseLinearScratchByteCount: ScratchByteCount
  public let denseNeuronsGradient: DenseNeuronsGradient
  public let denseNeuronsValues: DenseNeuronsValues
  /// `size`: the samples.
  public let denseNeuronsScratchByteCount: ScratchByteCount
  public let denseNetworksGradient: DenseNetworksGradient
  /// `size`: the samples.
  public let denseNetworksScratchByteCount: ScratchByteCount
  /// Nil in single precision.
  public let teacherStudent: TeacherStudent?
  public let update: Update
  public let addSquares: AddSquares
  public let scale: Scale

  public init(
    shallowGradient: @escaping ShallowGradient, shallowGradientOnIndexedBatch: @escaping ShallowGradient,
    shallowScratchByteCount: @escaping ScratchByteCount,
    piecewiseLinearGradient: @escaping PiecewiseLinearGradient,
    piecewiseLinearScratchByteCount: @escaping ScratchByteCount, denseNeuronsGradient: @escaping DenseNeuronsGradient,
    denseNeuronsValues: @escaping DenseNeuronsValues, denseNeuronsScratchByteCount: @escaping ScratchByteCount,
    denseNetworksGradient: @escaping DenseNetworksGradient,
    denseNetworksScratchByteCount: @escaping ScratchByteCount, teacherStudent: TeacherStudent?,
    update: @escaping Update, addSquares: @escaping AddSquares, scale: @escaping Scale
  ) {
    self.shallowGradient = shallowGradient
    self.shallowGradientOnIndexedBatch = shallowGradientOnIndexedBatch
    self.shallowScratchByteCount = shallowScratchByteCount
    self.piecewiseLinearGradient = piecewiseLinearGradient
    self.piecewiseLinearScratchByteCount = piecewiseLinearScratchByteCount
    self.denseNeuronsGradient = denseNeuronsGradient
    self.denseNeuronsValues = denseNeuronsValues
    self.denseNeuronsScratchByteCount = denseNeuronsScratchByteCount
    self.denseNetworksGradient = denseNetworksGradient
    self.denseNetworksScratchByteCount = denseNetworksScratchByteCount
    self.teacherStudent = teacherStudent
    self.update = update
    self.addSquares = addSquares
    self.scale = scale
  }
}

extension NetworkKernels {
  /// Population gradients of teacher-student networks.
  public struct TeacherStudent: Sendable {
    /// The exact gradients of the risks of as many shallow ReLU students without biases as there are lanes, in the lane
    /// layout, and those risks, for normal inputs with independent coordinates of mean 0 and this variance. The
    /// entries of the biases are 0. Neurons with weights 0, or so small that their squares are, have the gradient 0.
    ///
    /// - Parameters:
    ///   - directions: v_j / |v_j| as [teacherWidth][dimension]; nil for the axes, `dimension` of them.
    ///   - teacherWeights: b_j |v_j|.
    ///   - teacherSquare: the expectation of the teacher's square.
    ///   - risks: one for each lane, at least 0 or NaN.
    public typealias Gradient =
      @Sendable (
        _ parameters: UnsafeRawPointer, _ gradient: UnsafeMutableRawPointer, _ dimension: Int, _ width: Int,
        _ directions: UnsafePointer<Double>?, _ teacherWeights: UnsafePointer<Double>, _ teacherWidth: Int,
        _ teacherSquare: Double, _ variance: Double, _ risks: UnsafeMutablePointer<Double>,
        _ scratch: UnsafeMutableRawPointer
      ) -> Void
    public typealias ScratchByteCount =
      @Sendable (_ dimension: Int, _ width: Int, _ teacherWidth: Int) -> Int

    public let gradient: Gradient
    public let scratchByteCount: ScratchByteCount

    public init(gradient: @escaping Gradient, scratchByteCount: @escaping ScratchByteCount) {
      self.gradient = gradient
      self.scratchByteCount = scratchByteCount
    }
  }
}
