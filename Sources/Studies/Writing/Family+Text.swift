import Kernels
import Landscape
import Networks
import Problems
import Training

extension Family {
  /// What determines the trained networks of one cell: problem, network with the widths of this cell, and training.
  ///
  /// The keys of cells are hashes of it. A key that studies get later stays out of it while it has its default, or
  /// every stored trial would lose its name; so does the kernel `shallow`, once the only one. Parameter blocks have
  /// their own names, however the study names them.
  func cellDefinition(_ architecture: Architecture, trained: [ParameterBlock], kernel: GradientKernel) -> String {
    let depth = architecture.depth
    let laws = architecture.blocks.compactMap { block in
      initialization.law(block, depth: depth).map { (name: block.name(depth: depth), law: $0) }
    }
    let network = networkText(
      hidden: [architecture.hidden], laws: laws, trainable: trained.map { $0.name(depth: depth) })
    return """
      \(problem.text(as: .cell))
      \(network)
      \(training.cellText(problem, kernel: kernel))

      """
  }

  /// The section `network` of a study, without the cells if there are none.
  func networkText(hidden: [[Int]]) -> String {
    let depths = Set(self.hidden.map(\.count))
    let laws = BlockName.names(depth: depths.count == 1 ? depths.first : nil).compactMap { name in
      initialization.laws[name].map { (name: name.text, law: $0) }
    }
    return networkText(hidden: hidden, laws: laws, trainable: trainable.map(\.text))
  }

  private func networkText(hidden: [[Int]], laws: [(name: String, law: InitialLaw)], trainable: [String]) -> String {
    var lines = ["network:", "  activation: \(activation.text)"]
    if !hidden.isEmpty { lines.append("  hidden: \(Self.widthsText(hidden))") }
    lines.append("  initial:")
    if let start = initialization.start {
      switch start.name {
      case .numbers: lines.append("    point: \(listText(start.point))")
      case .saddle(let kinks, let isFirstActiveOnRight):
        lines.append("    saddle: \(kinks)")
        lines.append("    first-kink: \(isFirstActiveOnRight ? "right" : "left")")
      }
      lines.append("    distance: \(shortestText(start.distance))")
    }
    lines += laws.map { "    \($0.name): \($0.law.text)" }
    lines.append("  trainable: \(listText(trainable))")
    return lines.joined(separator: "\n")
  }

  /// The hidden widths of all cells, as `network.hidden` has them.
  var widthsText: String { Self.widthsText(hidden) }

  private static func widthsText(_ hidden: [[Int]]) -> String {
    listText(hidden.map { listText($0.map(String.init)) })
  }
}

// MARK: - Training and after

extension TrainingMethod {
  /// The section `training` of a study.
  func text(_ problem: Problem) -> String {
    switch self {
    case .miniBatch(let plan): plan.text(problem, kernel: plan.kernel)
    case .population(let plan): plan.text
    case .flow(let plan): plan.text
    }
  }

  /// The same for a cell, with the kernel that it is trained with.
  fileprivate func cellText(_ problem: Problem, kernel: GradientKernel) -> String {
    switch self {
    case .miniBatch(let plan): plan.text(problem, kernel: kernel == .shallow ? nil : kernel)
    case .population(let plan): plan.text
    case .flow(let plan): plan.text
    }
  }

  /// The lines of the section in their order; of those that not every method has, the ones that there are.
  fileprivate static func section(
    optimizer: String, _ steps: StepPlan, batch: String? = nil, kernel: String? = nil
  ) -> String {
    let clipping = steps.clipping.map { "{norm: \(shortestText($0.norm)), delta: \(shortestText($0.delta))}" }
    let precision = steps.precision == .float32 ? nil : steps.precision.rawValue
    let entries: [(String, String?)] = [
      ("optimizer", optimizer), ("clipping", clipping), ("learning-rate", steps.learningRate.yaml),
      ("steps", "\(steps.count)"), ("batch", batch), ("until", steps.untilText), ("precision", precision),
      ("kernel", kernel),
    ]
    return (["training:"] + entries.compactMap { name, value in value.map { "  \(name): \($0)" } })
      .joined(separator: "\n")
  }
}

extension StepPlan {
  /// Nil without a criterion.
  fileprivate var untilText: String? {
    let every = checkInterval == 1 ? "" : ", every: \(checkInterval)"
    return switch until {
    case .risk(let bound): "{risk-at-most: \(shortestText(bound))\(every)}"
    case .neuronGradient(let bound): "{neuron-gradient-at-most: \(shortestText(bound))\(every)}"
    case nil: nil
    }
  }
}

extension MiniBatchPlan {
  /// - Parameter kernel: nil for a text that does not name it.
  fileprivate func text(_ problem: Problem, kernel: GradientKernel?) -> String {
    TrainingMethod.section(
      optimizer: optimizer.text, steps, batch: "{\(batchText(problem))}", kernel: kernel?.rawValue)
  }

  private func batchText(_ problem: Problem) -> String {
    let text = "size: \(batchSize), stream: \(batchStream.rawValue)"
    guard case .data = problem.inputs else { return text }
    return (dataSampling == .full ? "" : "\(text), ") + "sampling: \(dataSampling.rawValue)"
  }
}

extension PopulationPlan {
  fileprivate var text: String {
    TrainingMethod.section(optimizer: StudyKey.population, steps)
  }
}

extension FlowPlan {
  fileprivate var text: String {
    TrainingMethod.section(
      optimizer: "{\(StudyKey.gradientFlow): {method: \(integrator.rawValue), tolerance: \(shortestText(tolerance)), "
        + "steps: \(mostSteps)}}", steps)
  }
}

extension Optimizer {
  fileprivate var text: String {
    let settings = settings.map { "\($0.name.rawValue): \(shortestText($0.value))" }
    return settings.isEmpty ? method.rawValue : "{\(method.rawValue): {\(settings.joined(separator: ", "))}}"
  }
}

extension TrajectoryPlan {
  /// - Parameter isLogarithmic: whether the checkpoints are those by default at the steps of every cell.
  func text(isLogarithmic: Bool) -> String {
    let checkpoints = isLogarithmic ? StudyKey.logarithmic : listText(checkpoints.map(String.init))
    return "trajectory: {checkpoints: \(checkpoints), trials: \(listText(trials.map(String.init)))}"
  }
}

extension VerdictRule {
  /// The section `verdict` of a study.
  var text: String {
    let bound =
      switch good {
      case .risk(let bound), .excess(let bound), .ratio(let bound): bound
      }
    let stationary = restingGradientNorm.map { ["  stationary: {gradient-norm-at-most: \(shortestText($0))}"] } ?? []
    return (["verdict:", "  good: {\(good.key): \(shortestText(bound))}"] + stationary).joined(separator: "\n")
  }
}

extension Cell {
  /// ``limit`` as study files have it.
  public var limitText: String { limit?.text ?? StudyKey.limitOff }
}

extension LimitPlan {
  /// As study files have it. The work is there where it is not the default: texts that are stored have no such key.
  var text: String {
    let work = work == LimitPlan().work ? "" : ", work: \(Self.text(work))"
    return "{flow-time: \(Self.text(flowTime)), steps: \(steps)\(work), classes: \(classes)}"
  }

  /// Powers of ten from 1e6 on as such.
  private static func text(_ time: Double) -> String {
    let text = shortestText(time)
    let isPower = text.count > 6 && text.first == "1" && text.dropFirst().allSatisfy { $0 == "0" }
    return isPower ? "1e\(text.count - 1)" : text
  }
}
