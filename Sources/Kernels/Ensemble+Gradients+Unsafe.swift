import KernelInterface

/// Gradients of the networks of an ensemble, and updates by them.
extension Ensemble {
  /// Computes the gradient of a network's mean squared residual on a batch of sorted inputs.
  ///
  /// - Parameter isIndexed: whether `batch.index()` was called since the batch was drawn; the gradient is the same.
  /// - Returns: false, and no gradient, when a deep network has too many breakpoints.
  @inline(__always)
  public func computeGradient(_ index: Int, batch: MiniBatch, isIndexed: Bool) -> Bool {
    let parameters = parameters(ofGroup: index)
    if kernel == .shallow {
      let gradient = isIndexed ? functions.shallowGradientOnIndexedBatch : functions.shallowGradient
      gradient(
        parameters, orderMemory.pointer + index * orderCount, gradientPointer, Int(widths[1]), activationCode,
        architecture.activation.parameter, batch.memory, batch.size, batch.lower, batch.upper,
        UnsafeMutableRawPointer(scratchMemory.pointer))
      return true
    }
    precondition(kernel == .piecewiseLinear)
    return functions.piecewiseLinearGradient(
      parameters, gradientPointer, widths, architecture.layers, activationCode, architecture.activation.parameter,
      batch.memory,
      batch.size, batch.lower, batch.upper, isIndexed,
      min(Self.breakpointCapacity(batchSize: batch.size), breakpointLimit),
      UnsafeMutableRawPointer(scratchMemory.pointer))
  }

  /// Computes the gradients of a group's mean squared residuals on plain samples, by their weights, with a dense kernel;
  /// ``risk(lane:)`` then says what they are.
  public func computeGradient(group: Int, samples: SampleBatch) {
    precondition(samples.precision == precision && samples.dimension == architecture.inputDimension)
    precondition(samples.size <= batchSize)
    if kernel == .denseNetworks {
      precondition(samples.lanes == 1 || samples.lanes == layout.networks)
      functions.denseNetworksGradient(
        parameters(ofGroup: group), gradientPointer, widths, architecture.layers, activationCode,
        architecture.activation.parameter, samples.inputs, samples.targets, samples.weights, samples.lanes == 1,
        samples.size,
        UnsafeMutableRawPointer(riskMemory.pointer),
        UnsafeMutableRawPointer(scratchMemory.pointer))
    } else {
      precondition(kernel != .shallow && samples.lanes == 1)
      let risk = functions.denseNeuronsGradient(
        parameters(ofGroup: group), gradientPointer, widths, architecture.layers, activationCode,
        architecture.activation.parameter, samples.inputs, samples.targets, samples.weights, samples.size,
        UnsafeMutableRawPointer(scratchMemory.pointer))
      switch precision {
      case .float32: UnsafeMutableRawPointer(riskMemory.pointer).assumingMemoryBound(to: Float.self)[0] = Float(risk)
      case .float64: UnsafeMutableRawPointer(riskMemory.pointer).assumingMemoryBound(to: Double.self)[0] = risk
      }
    }
  }

  /// The mean squared residual on the plain samples that the gradient was computed on last, of the network in a lane of its
  /// group, in the precision of the parameters.
  public func risk(lane: Int = 0) -> Double {
    let memory = UnsafeRawPointer(riskMemory.pointer)
    return switch precision {
    case .float32: Double(memory.assumingMemoryBound(to: Float.self)[lane])
    case .float64: memory.assumingMemoryBound(to: Double.self)[lane]
    }
  }

  /// Computes the exact population gradients of a group of students of a teacher.
  ///
  /// - Returns: the risks of the networks of the group, at least 0 (or NaN where numbers overflow).
  /// - Precondition: shallow ReLU networks in double precision with the kernel `denseNetworks`, whose biases are 0 and
  ///   not trained.
  public func computeGradient(group: Int, teacher: TeacherMemory) -> [Double] {
    precondition(kernel == .denseNetworks && precision == .float64 && teacher.fits(architecture))
    precondition(trained.allSatisfy { !$0.biases })
    return [Double](unsafeUninitializedCapacity: layout.networks) { risks, count in
      teacher.computeGradient(
        parameters: parameters(ofGroup: group), gradient: gradientPointer, risks: risks.baseAddress!)
      count = layout.networks
    }
  }

  /// For each network of the group, the largest Euclidean norm over its hidden neurons of the gradient that was
  /// computed last, in the trained weights and biases of a neuron.
  ///
  /// - Precondition: the kernel is `denseNetworks`.
  public func largestNeuronGradientNorms() -> [Double] {
    precondition(kernel == .denseNetworks)
    var largest = [Double](repeating: 0, count: layout.networks)
    var sums = largest
    for layer in 0..<architecture.hidden.count {
      let numbers = architecture.widths[layer] * layout.networks
      for neuron in 0..<architecture.hidden[layer] {
        for lane in sums.indices { sums[lane] = 0 }
        for (isTrained, range, count) in [
          (trained[layer].weights, layout.blocks[layer].weights, numbers),
          (trained[layer].biases, layout.blocks[layer].biases, layout.networks),
        ] where isTrained {
          functions.addSquares(
            gradientPointer + (range.lowerBound + neuron * count) * precision.byteCount, count, &sums)
        }
        // Not max: a NaN must come out, and stay.
        for lane in sums.indices where !(sums[lane] <= largest[lane] || largest[lane].isNaN) {
          largest[lane] = sums[lane]
        }
      }
    }
    return largest.map { $0.squareRoot() }
  }

  /// A bit for each lane whose ``risk(lane:)`` is at most `bound`.
  public func lanes(riskAtMost bound: Double) -> UInt32 {
    let memory = UnsafeRawPointer(riskMemory.pointer)
    var lanes: UInt32 = 0
    switch precision {
    case .float32:
      let risks = memory.assumingMemoryBound(to: Float.self)
      for lane in 0..<layout.networks where Double(risks[lane]) <= bound { lanes |= 1 &<< UInt32(lane) }
    case .float64:
      let risks = memory.assumingMemoryBound(to: Double.self)
      for lane in 0..<layout.networks where risks[lane] <= bound { lanes |= 1 &<< UInt32(lane) }
    }
    return lanes
  }

  /// A bit for each lane in which the squares of the gradient that was computed last have a sum of at most `bound` over the
  /// trained weights and biases of the hidden neurons.
  public func lanes(hiddenGradientSquaresAtMost bound: Double) -> UInt32 {
    let sums = sumMemory.pointer
    for lane in 0..<precision.lanes { sums[lane] = 0 }
    for range in hiddenRanges {
      functions.addSquares(gradientPointer + range.lowerBound * precision.byteCount, range.count, sums)
    }
    if layout.networks == 1 {
      for lane in 1..<precision.lanes { sums[0] += sums[lane] }
    }
    var lanes: UInt32 = 0
    for lane in 0..<layout.networks where sums[lane] <= bound { lanes |= 1 &<< UInt32(lane) }
    return lanes
  }

  /// The gradient that was computed last, of the network in a lane of its group.
  public func gradient(lane: Int = 0) -> [Double] { read(gradientPointer, lane: lane) }

  /// Replaces the gradient that was computed last by one from elsewhere.
  public func setGradient(_ values: [Double], lane: Int = 0) { write(values, to: gradientPointer, lane: lane) }

  /// The Euclidean norm over the trained blocks of the gradient that was computed last, for each network of its group.
  public func gradientNorms() -> [Double] {
    var sums = [Double](repeating: 0, count: precision.lanes)
    sums.withUnsafeMutableBufferPointer { sums in
      for range in trainedRanges {
        functions.addSquares(gradientPointer + range.lowerBound * precision.byteCount, range.count, sums.baseAddress!)
      }
    }
    if layout.networks == 1 {
      // In a fixed order: lane l with lane l + n / 2, and so on.
      var width = sums.count
      while width > 1 {
        width /= 2
        for l in 0..<width { sums[l] += sums[l + width] }
      }
      return [sums[0].squareRoot()]
    }
    return sums.map { $0.squareRoot() }
  }

  /// Multiplies the gradient of each network of the group by its factor.
  public func scaleGradients(_ factors: [Double]) {
    let factors = layout.networks == 1 ? Array(repeating: factors[0], count: precision.lanes) : factors
    for range in trainedRanges {
      functions.scale(gradientPointer + range.lowerBound * precision.byteCount, range.count, factors)
    }
  }

  // MARK: Updates

  /// Moves the trained parameters of a group by the gradient that was computed last.
  ///
  /// - Parameter coefficients: of the rule; what they mean stands with it in the kernel sources.
  /// - Returns: a bit for each lane whose parameters became infinite or NaN; 0 if none did. A group of one network has
  ///   many lanes for it.
  @inline(__always)
  public func update(group: Int, _ method: UpdateMethod, coefficients: [Double]) -> UInt32 {
    coefficients.withUnsafeBufferPointer { coefficients in
      var failed: UInt32 = 0
      let bytes = precision.byteCount
      for range in trainedRanges {
        let offset = range.lowerBound * bytes
        failed |= functions.update(
          method.rawValue, parameters(ofGroup: group) + offset, gradientPointer + offset,
          state(ofGroup: group) + offset, layout.count, range.count, coefficients.baseAddress!)
      }
      return failed
    }
  }
}
