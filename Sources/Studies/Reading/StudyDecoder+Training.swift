import Expressions
import Kernels
import Problems
import Training

extension StudyDecoder {
  mutating func training(_ problem: Problem?) -> TrainingMethod? {
    let isPopulation = isWord("training.optimizer", StudyKey.population)
    let flow = flowPlan("training.optimizer")
    let optimizer = isPopulation || flow != nil ? nil : optimizer("training.optimizer")
    let clipping = clipping("training.clipping")
    let steps = integer("training.steps")
    let learningRate = learningRate("training.learning-rate", steps: steps.map(Int.init))
    let precision = word("training.precision", Precision.self) ?? (flow == nil ? .float32 : .float64)
    let kernel = word("training.kernel").flatMap(GradientKernel.init)
    checkEpsilon("training.optimizer", precision: precision)
    let batch = batch("training.batch", problem)
    let until = criterion(
      "training.until",
      ["risk-at-most": StoppingCriterion.risk, "neuron-gradient-at-most": StoppingCriterion.neuronGradient])
    let checkInterval = integer("training.until.every")
    if isPopulation { refuseBatches(StudyKey.population) }
    if flow != nil {
      refuseBatches(StudyKey.gradientFlow)
      refuseSteps(precision)
    }
    guard let learningRate, let steps else { return nil }
    let plan = StepPlan(
      learningRate: learningRate, count: Int(steps), clipping: clipping, precision: precision, until: until,
      checkInterval: checkInterval.map(Int.init) ?? 1)
    if isPopulation { return .population(PopulationPlan(steps: plan)) }
    if var flow {
      flow.steps = plan
      flow.steps.precision = .float64
      return .flow(flow)
    }
    // A wrong optimizer or batch does not keep the rest from being checked.
    return .miniBatch(
      MiniBatchPlan(
        optimizer: optimizer ?? .sgd, steps: plan, batchSize: batch?.size ?? 1,
        batchStream: batch?.stream ?? .independent, dataSampling: batch?.sampling ?? .withReplacement, kernel: kernel))
  }

  // MARK: Optimizer

  private func isWord(_ path: String, _ word: String) -> Bool {
    guard case .scalar(let scalar)? = entry(path)?.node.content else { return false }
    return scalar.text == word
  }

  /// Without the steps; nil for other methods.
  private mutating func flowPlan(_ path: String) -> FlowPlan? {
    let hasSettings = isMapping(path) && chosen(path) == StudyKey.gradientFlow
    guard hasSettings || isWord(path, StudyKey.gradientFlow) else { return nil }
    let key = dotted(path, StudyKey.gradientFlow)
    let none = StepPlan(learningRate: Expression(constant: 1), count: 1, precision: .float64)
    guard hasSettings else { return FlowPlan(steps: none) }
    return FlowPlan(
      steps: none, integrator: word("\(key).method", FlowIntegrator.self) ?? .automatic,
      tolerance: real("\(key).tolerance") ?? FlowPlan.defaultTolerance,
      mostSteps: integer("\(key).steps").map(Int.init) ?? FlowPlan.defaultMostSteps)
  }

  private mutating func optimizer(_ path: String) -> Optimizer? {
    guard entry(path) != nil else { return .sgd }
    guard isMapping(path) else { return word(path, OptimizerMethod.self).map { Optimizer($0) } }
    guard let choice = chosen(path), let method = OptimizerMethod(rawValue: choice) else { return nil }
    var values: [Hyperparameter.Name: Double] = [:]
    for hyperparameter in method.hyperparameters {
      values[hyperparameter.name] = real("\(path).\(choice).\(hyperparameter.name.rawValue)")
    }
    return Optimizer(method, values)
  }

  /// The least epsilon: the square root of the smallest normal number. Kernels put 0 in place of a subnormal square of a
  /// gradient, so that a smaller epsilon could become a denominator that is far too small.
  private static func leastEpsilon(_ precision: Precision) -> Double { precision == .float32 ? 0x1p-63 : 0x1p-511 }

  private mutating func checkEpsilon(_ path: String, precision: Precision) {
    let key = "\(path).\(chosen(path) ?? "").epsilon"
    guard isMapping(path), chosen(path) != nil, mistakes.spare("training.precision"), let entry = entry(key),
      let value = real(key)
    else { return }
    let least = Self.leastEpsilon(precision)
    guard value < least || !precision.isFinite(value) else { return }
    let range = value < least ? "at least \(precision == .float32 ? "1.1e-19" : "1.5e-154")" : "at most 3.4e38"
    let isSingle = precision == .float32
    fail(
      key, entry.place,
      "\(key) must be \(range) in \(isSingle ? "single" : "double") precision (it is \(entry.node.shown))"
        + (isSingle ? "; or set training.precision to \(Precision.float64.rawValue)" : ""))
  }

  private mutating func clipping(_ path: String) -> GradientClipping? {
    let norm = real("\(path).norm")
    let delta = real("\(path).delta")
    return norm.map { GradientClipping(norm: $0, delta: delta ?? 0) }
  }

  /// Methods with the exact gradient draw no batches.
  private mutating func refuseBatches(_ optimizer: String) {
    for key in ["training.batch", "training.kernel"] {
      guard let entry = entry(key) else { continue }
      fail(
        key, entry.place,
        "\(key) has no effect with the optimizer \(optimizer), which uses the exact gradient of the risk and draws no "
          + "mini-batches; leave it out")
    }
  }

  /// The flow takes no steps that could be clipped or rounded.
  private mutating func refuseSteps(_ precision: Precision) {
    if let entry = entry("training.clipping") {
      fail(
        "training.clipping", entry.place,
        "training.clipping is for the steps of descents, and the optimizer \(StudyKey.gradientFlow) takes none: it follows the "
          + "flow for the flow time that the learning rate says; leave it out, or use the optimizer \(StudyKey.population)"
      )
    }
    if precision == .float32, mistakes.spare("training.precision"), let entry = entry("training.precision") {
      fail(
        "training.precision", entry.place,
        "training.precision: the optimizer \(StudyKey.gradientFlow) follows the flow in double precision (it is "
          + "\(entry.node.shown)); leave it out")
    }
  }

  // MARK: Learning rate

  /// - Parameter steps: those of the study, which schedules have by default.
  private mutating func learningRate(_ path: String, steps: Int?) -> Expression? {
    isMapping(path) ? schedule(path, steps: steps)?.expression : expression(path)
  }

  private mutating func schedule(_ path: String, steps: Int?) -> Schedule? {
    guard let choice = chosen(path) else { return nil }
    let key = dotted(path, choice)
    if choice == "constant" { return real(key).map { .constant(rate: $0) } }
    if choice == "warm-up" { return warmUp(key, steps: steps) }
    let initial = real("\(key).initial")
    if choice == "step-decay" {
      let factor = real("\(key).factor")
      let every = integer("\(key).every")
      guard let initial, let factor, let every else { return nil }
      return .stepDecay(initial: initial, factor: factor, every: Int(every))
    }
    if choice == "geometric" {
      let total = real("\(key).total")
      let first = real("\(key).first") ?? Schedule.defaultFirstTime
      let ownSteps = integer("\(key).steps").map(Int.init) ?? steps
      guard let total, let ownSteps else { return nil }
      return .geometric(total: total, first: first, steps: ownSteps)
    }
    let final = real("\(key).final") ?? 0
    let power = choice == "cosine" ? nil : real("\(key).power") ?? 1
    let ownSteps = integer("\(key).steps").map(Int.init) ?? steps
    guard let initial, let ownSteps else { return nil }
    return power.map { .polynomialDecay(initial: initial, final: final, power: $0, steps: ownSteps) }
      ?? .cosine(initial: initial, final: final, steps: ownSteps)
  }

  private mutating func warmUp(_ path: String, steps: Int?) -> Schedule? {
    let warmUpSteps = integer("\(path).steps")
    let then = "\(path).then"
    guard let entry = entry(then) else { return nil }
    let isExpression = !isMapping(then)
    let schedule =
      isExpression ? expression(then).map { Schedule.expression($0) } : self.schedule(then, steps: steps)
    guard let warmUpSteps, let schedule else { return nil }
    // The product with the warm-up may be too complicated where its factor is not.
    let product = "min((n + 1) / \(warmUpSteps), 1) * (\(schedule.expression.text))"
    guard parse(product, variables: ["n", "h"], path: then, place: entry.place) != nil else { return nil }
    return .warmUp(steps: Int(warmUpSteps), then: schedule)
  }

  // MARK: Batches

  private mutating func batch(
    _ path: String, _ problem: Problem?
  ) -> (size: Int, stream: BatchStream, sampling: DataSampling)? {
    let size = integer("\(path).size")
    let stream = word("\(path).stream", BatchStream.self)
    let sampling = word("\(path).sampling", DataSampling.self) ?? .withReplacement
    guard let problem else { return nil }
    guard case .data(let data) = problem.inputs else {
      if let entry = entry("\(path).sampling") {
        fail(
          "\(path).sampling", entry.place,
          "\(path).sampling is for the points of problem.data; inputs of a law are drawn anew, leave it out")
      }
      return (size.map(Int.init) ?? Self.defaultBatchSize, stream ?? .independent, .withReplacement)
    }
    if sampling == .full {
      for key in ["\(path).size", "\(path).stream"] {
        guard let entry = entry(key) else { continue }
        fail(
          key, entry.place, "\(key) has no effect with sampling: full, where every step sees all points; leave it out")
      }
      return (data.count, .independent, .full)
    }
    let ownSize = size.map(Int.init) ?? min(Self.defaultBatchSize, data.count)
    if sampling == .withoutReplacement, ownSize > data.count, let entry = entry("\(path).size") {
      fail(
        "\(path).size", entry.place,
        "\(path).size must be at most the number of points, \(data.count), with sampling: without-replacement (it is "
          + "\(ownSize))")
      return nil
    }
    return (ownSize, stream ?? .independent, sampling)
  }

  private static let defaultBatchSize = 1024

  // MARK: Trajectory

  /// - Parameter clock: of the training; nil where that is not known.
  mutating func trajectory(_ path: String, until clock: TrainingClock?) -> TrajectoryPlan? {
    let trials = trials("\(path).trials") ?? []
    let checkpoints = checkpoints("\(path).checkpoints", clock)
    guard entry(path) != nil, let checkpoints else { return nil }
    return TrajectoryPlan(checkpoints: checkpoints, trials: trials)
  }

  private mutating func trials(_ path: String) -> [Int]? {
    guard case .integers(let range, _) = key(path).form else { return nil }
    return integers(path, in: range)
  }

  private mutating func checkpoints(_ path: String, _ clock: TrainingClock?) -> [Int]? {
    guard let entry = entry(path), case .integersOrWord(let word, let range, _) = key(path).form else {
      return clock.map(TrajectoryPlan.standard)
    }
    if case .scalar(let scalar) = entry.node.content, scalar.text == word { return clock.map(TrajectoryPlan.standard) }
    guard let numbers = integers(path, in: range) else { return nil }
    let most = TrajectoryPlan.mostCheckpoints
    guard 1...most ~= numbers.count, let last = numbers.last else {
      fail(path, entry.place, "\(path) must list 1 to \(most) steps (it lists \(numbers.count))")
      return nil
    }
    if let steps = clock?.steps, last > steps {
      fail(path, entry.place, "\(path): checkpoint \(last) comes after the last step, \(steps)")
    }
    return numbers
  }
}
