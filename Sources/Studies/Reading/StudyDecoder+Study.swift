import Expressions
import Kernels
import Landscape
import Networks
import Problems
import Training

extension StudyDecoder {
  /// The study; nil if there are mistakes.
  ///
  /// - Parameter notes: those of the study.
  mutating func study(notes: [String]) -> Study? {
    let name = name("study")
    let source = text("source") ?? ""
    let problem = problem()
    let activation = activation("network.activation") ?? .relu
    let hidden = cells("network.hidden")
    let initialization = initialization("network.initial", problem, activation, hidden)
    let trainable = trainable("network.trainable")
    let training = training(problem)
    let verdictRule = verdictRule()
    let limit = limit(by: verdictRule)
    let trajectory = trajectory("trajectory", until: training?.clock)
    let sampling = sampling(cells: hidden?.count)
    if let hidden { checkText(cells: hidden.count) }

    var sound = SoundParts(mistakes)
    if problem == nil { sound.remove("problem") }
    if training == nil { sound.remove("training") }
    // What is checked cell by cell needs a whole family. Nothing is said about the parts that stand in for wrong ones.
    let family = Family(
      problem: problem.flatMap { sound.has("problem") ? $0 : nil } ?? Self.anyProblem, activation: activation,
      hidden: hidden ?? [[1]],
      initialization: initialization.flatMap { sound.has("network.initial") ? $0 : nil } ?? Self.anyInitialization,
      trainable: trainable ?? allBlocks(initialization ?? Self.anyInitialization),
      training: training ?? Self.anyTraining, limit: limit, trajectory: trajectory,
      verdictRule: verdictRule ?? VerdictRule(good: .risk(atMost: 1), restingGradientNorm: nil))
    let study = Study(
      name: name ?? "", source: source, sampling: sampling, notes: notes + Self.notes(trajectory, sampling),
      family: family)
    checkCells(of: study, family, sound)
    return mistakes.isEmpty && problem != nil && training != nil ? study : nil
  }

  private static let anyProblem = Problem(
    inputs: .law(.uniform(lower: 0, upper: 1)), target: .affine(weights: [1], constant: 0))
  private static let anyInitialization = Initialization(
    laws: [.weights: .pytorch(gain: Expression(constant: 1)), .biases: .pytorch(gain: Expression(constant: 1))])
  private static let anyTraining = TrainingMethod.miniBatch(
    MiniBatchPlan(
      optimizer: .sgd, steps: StepPlan(learningRate: Expression(constant: 1), count: 1), batchSize: 1,
      batchStream: .independent))

  /// Trials that are named and not there yet are legal: a run can be extended.
  private static func notes(_ trajectory: TrajectoryPlan?, _ sampling: SamplingSettings) -> [String] {
    guard let trial = trajectory?.trials.last, case .trials(let counts) = sampling.plan, let most = counts.max(),
      trial >= most
    else { return [] }
    return [
      "trajectory.trials names trial \(trial), but the trials are 0 to \(most - 1) (sampling.trials is \(most)); its "
        + "trajectory is kept only if the run is extended so far"
    ]
  }

  /// The names of all blocks: by kind where a law is given by kind, so that cells of other depths can be added.
  private func allBlocks(_ initialization: Initialization) -> [BlockName] {
    let isGeneral = depths.common != 1 || initialization.laws.keys.contains(where: \.isGeneral)
    return BlockName.names(depth: isGeneral ? nil : 1).filter { $0.isGeneral == isGeneral }
  }

  private mutating func verdictRule() -> VerdictRule? {
    let good = criterion(
      "verdict.good",
      [
        "risk-at-most": GoodCriterion.risk, "excess-at-most": GoodCriterion.excess,
        "ratio-at-most": GoodCriterion.ratio,
      ])
    let stationary = criterion("verdict.stationary", ["gradient-norm-at-most": { $0 }])
    return good.map { VerdictRule(good: $0, restingGradientNorm: stationary) }
  }

  /// - Parameter rule: a statement about the end of training needs no limit.
  private mutating func limit(by rule: VerdictRule?) -> LimitPlan? {
    guard entry("limit") != nil else { return rule?.restingGradientNorm == nil ? LimitPlan() : nil }
    guard isMapping("limit") else {
      _ = word("limit")
      return nil
    }
    let standard = LimitPlan()
    return LimitPlan(
      flowTime: real("limit.flow-time") ?? standard.flowTime,
      steps: integer("limit.steps").map(Int.init) ?? standard.steps, work: real("limit.work") ?? standard.work,
      classes: word("limit.classes") == "true")
  }

  // MARK: Checks of every cell

  /// The key of each cell is made of what the study says about it.
  private mutating func checkText(cells: Int) {
    let key = "network.hidden"
    let own = ["problem", "network", "training"].reduce(0) { $0 + (entry($1)?.node.textSize ?? 0) }
    let size = own - (entry(key)?.node.textSize ?? 0)
    state.cellText += cells * size
    guard state.cellText > StudyLimits.cellText else { return }
    fail(
      key, place(of: key),
      "\(key): \(cells) cells of problem, network and training of \(size) bytes are too much; in all cells they have at most "
        + "\(StudyLimits.cellText), so write shorter expressions, put points into a CSV file (problem.data.csv), or make "
        + "several studies of it")
  }

  private mutating func checkCells(of study: Study, _ family: Family, _ sound: SoundParts) {
    let cells = study.cells
    let architectures = cells.map(\.architecture)
    guard sound.has("network.hidden"), sound.has("network.activation") else { return }
    if sound.has("training.learning-rate"), sound.has("training.steps"), sound.has("training.precision") {
      checkLearningRate(family, architectures)
    }
    guard sound.has("problem") else { return }
    if let large = architectures.first(where: { $0.parameterCount > Self.parameterLimit }),
      let entry = entry("network.hidden")
    {
      return fail(
        "network.hidden", entry.place,
        "network.hidden: the networks of cell \(large.label) have \(large.parameterCount) parameters, and at "
          + "most \(Self.parameterLimit) are possible")
    }
    if sound.has("network.initial"), sound.has("training.precision") {
      check(family.initialization, "network.initial", architectures, precision: family.training.precision)
      checkNumbers(family)
    }
    if sound.has("network.trainable"), sound.has("verdict") {
      checkLevels(family, cells)
      if sound.has("limit") { checkLimit(family, cells) }
    }
    guard sound.has("training") else { return }
    checkKernel(family, architectures)
    if sound.has("trajectory") { checkCheckpoints(family, cells) }
    checkMemory(family, cells)
    checkExactRisk(family, cells)
    if sound.has("network.trainable") { checkStopping(family, cells) }
    guard mistakes.isEmpty else { return }
    let length = study.text.utf8.count
    if length > StudyNode.textLimit, let entry = entry("problem") {
      fail(
        "problem", entry.place,
        "problem: the study with all defaults has \(length) bytes, and at most \(StudyNode.textLimit) are possible; put "
          + "the points into a CSV file (problem.data.csv)")
    }
  }

  private mutating func checkExactRisk(_ family: Family, _ cells: [Cell]) {
    guard cells.contains(where: \.usesEvaluationSet) else { return }
    let range =
      "which there is for input laws of at most \(Problem.largestQuadratureDimension) dimensions and for data sets (the "
      + "law has \(family.problem.dimension))"
    let optimizer: String? =
      switch family.training {
      case .population: StudyKey.population
      case .flow: StudyKey.gradientFlow
      case .miniBatch: nil
      }
    if let optimizer, let entry = entry("training.optimizer") {
      return fail(
        "training.optimizer", entry.place,
        "training.optimizer: \(optimizer) needs the exact gradient, \(range); use another optimizer, such as sgd")
    }
    if family.training.until != nil, let entry = entry("training.until") {
      fail("training.until", entry.place, "training.until needs the exact risk, \(range); leave it out")
    }
  }

  /// A criterion on no parameters holds from the start.
  private mutating func checkStopping(_ family: Family, _ cells: [Cell]) {
    let path = "training.until.neuron-gradient-at-most"
    guard case .neuronGradient? = family.training.until, let place = entry(path)?.place else { return }
    for cell in cells where !cell.trained.contains(where: { $0.layer <= cell.architecture.depth }) {
      return fail(
        path, place,
        "\(path) is about the weights and biases of hidden neurons, of which cell \(cell.label) trains none; train some "
          + "of them (network.trainable), or use risk-at-most")
    }
  }

  /// The iterates at the checkpoints are kept until the last one is known.
  private mutating func checkCheckpoints(_ family: Family, _ cells: [Cell]) {
    guard let count = family.trajectory?.checkpoints.count, let place = entry("trajectory")?.place else { return }
    for cell in cells {
      let networks = cell.kernel == .denseNetworks ? cell.training.precision.lanes : 1
      let parameters = cell.architecture.parameterCount
      let bytes = count * parameters * networks * MemoryLayout<Double>.size
      if bytes > Self.checkpointMemory {
        return fail(
          "trajectory", place,
          "trajectory: \(count) checkpoints of \(networks == 1 ? "" : "\(networks) networks of ")\(parameters) "
            + "parameters (cell \(cell.label)) take \(bytes >> 20) MiB of memory a thread, and at most "
            + "\(Self.checkpointMemory >> 20) MiB are possible; take fewer checkpoints")
      }
    }
  }

  private mutating func checkLevels(_ family: Family, _ cells: [Cell]) {
    guard family.verdictRule.good.needsOptimum, let path = chosen("verdict.good").map({ "verdict.good.\($0)" }),
      let place = entry(path)?.place
    else { return }
    for cell in cells {
      if let objection = cell.objection(to: family.verdictRule.good) {
        return fail(path, place, "\(path) \(objection)")
      }
    }
  }

  private mutating func checkLimit(_ family: Family, _ cells: [Cell]) {
    if family.limit != nil, family.verdictRule.restingGradientNorm != nil, let place = entry("limit")?.place,
      cells.contains(where: { !$0.hasClosedForm })
    {
      return fail(
        "limit", place,
        "limit is about where training leads, and verdict.stationary asks for a statement about its end; keep one of them"
      )
    }
    guard family.limit?.classes == true, let place = entry("limit")?.place else { return }
    for cell in cells {
      let reason = LandscapeAnalysis.unavailability(
        of: cell.problem, cell.architecture, trained: cell.trained, hasClosedForm: cell.hasClosedForm)
      if let reason {
        return fail(
          "limit.classes", entry("limit.classes")?.place ?? place,
          "limit.classes: \(reason) (not those of cell \(cell.label)); leave it out")
      }
    }
  }

  private mutating func checkKernel(_ family: Family, _ architectures: [Architecture]) {
    let path = "training.kernel"
    guard case .miniBatch(let plan) = family.training, let kernel = plan.kernel, let entry = entry(path),
      let architecture = architectures.first(where: { !kernel.canTrain($0, on: family.problem) })
    else { return }
    let networks =
      kernel == .shallow
      ? "networks with one hidden layer and the activation relu, leaky-relu or clipping"
      : "networks with the activation relu, leaky-relu or clipping"
    let automatic = GradientKernel.automatic(
      architecture, problem: family.problem, batchSize: plan.batchSize)
    fail(
      path, entry.place,
      "\(path): \(kernel.rawValue) trains \(networks) on a scalar input with a law, so not cell \(architecture.label) "
        + "of this study; leave the key out to have \(automatic.rawValue)")
  }

  /// The learning rates of a cell; one alone stands for all where they are the same.
  private static func rates(_ method: TrainingMethod, width: Int) -> RateTable {
    var plan = method.steps
    if !plan.learningRate.uses("n") { plan.count = 1 }
    return RateTable(plan, width: width, flowTimeFactor: 1)
  }

  /// What a thread trains side by side fits into its memory.
  private mutating func checkMemory(_ family: Family, _ cells: [Cell]) {
    guard let place = entry("network.hidden")?.place else { return }
    for cell in cells {
      var networks = cell.kernel == .denseNetworks ? cell.training.precision.lanes : 1
      if cell.training.sharesBatches { networks = max(networks, 16) }
      let parameters = cell.architecture.parameterCount
      // With the gradient, and at most three states of an optimizer.
      let bytes = networks * parameters * cell.training.precision.byteCount * 5
      if bytes > StudyLimits.ensembleMemory {
        return fail(
          "network.hidden", place,
          "network.hidden: \(networks) networks of \(parameters) parameters (cell \(cell.label)), which are trained side by "
            + "side, take up to \(bytes >> 20) MiB of memory a thread, and at most \(StudyLimits.ensembleMemory >> 20) MiB "
            + "are possible; take smaller networks, independent batches or another kernel")
      }
    }
  }

  private mutating func checkLearningRate(_ family: Family, _ architectures: [Architecture]) {
    let path = "training.learning-rate"
    guard let place = entry(path)?.place else { return }
    var widths: Set<Int> = []
    let steps = family.training.steps
    let rate = steps.learningRate
    for architecture in steps.learningRate.uses("h") ? architectures : Array(architectures.prefix(1)) {
      // Deep networks may share the width of their first hidden layer.
      guard widths.insert(architecture.width).inserted else { continue }
      let key = StudyReadingState.Rate(plan: steps, width: rate.uses("h") ? architecture.width : nil)
      if state.rates.contains(key) { continue }
      state.rateWork += rate.uses("n") ? steps.count * rate.size : 1
      guard state.rateWork <= StudyLimits.rateWork else {
        return fail(
          path, place,
          "\(path): \(steps.count) steps of an expression of \(rate.size) numbers, names and operations are too many for "
            + "all cells; their products may come to \(StudyLimits.rateWork), so write it shorter, train fewer steps, or "
            + "make several studies of it")
      }
      let table = Self.rates(family.training, width: architecture.width)
      if let invalid = table.firstInvalid {
        return fail(
          path, place,
          "\(path) must be from 0 to 3.4e38 at every step (it is \(shortestText(invalid.rate)) at step \(invalid.step) "
            + "of cell \(architecture.label))")
      }
      // Without flow time nothing is trained.
      guard table.flowTime > 0 else {
        var exact = steps
        if !rate.uses("n") { exact.count = 1 }
        exact.precision = .float64
        let rates = RateTable(exact, width: architecture.width, flowTimeFactor: 1).rates
        if let largest = rates.max(), largest > 0 {
          return fail(
            path, place,
            "\(path) must be at least 1.4e-45 at some step in single precision (in cell \(architecture.label) it is at "
              + "most \(shortestText(largest))); or set training.precision to \(Precision.float64.rawValue)")
        }
        return fail(path, place, "\(path) must not be 0 at every step (it is in cell \(architecture.label))")
      }
      state.rates.insert(key)
    }
  }
}

/// Which parts of a study can be used to check others.
private struct SoundParts {
  private let mistakes: Mistakes
  private var removed: Set<String> = []

  init(_ mistakes: Mistakes) { self.mistakes = mistakes }

  mutating func remove(_ path: String) { removed.insert(path) }

  func has(_ path: String) -> Bool {
    mistakes.spare(path) && !removed.contains { path == $0 || path.hasPrefix($0 + ".") }
  }
}
