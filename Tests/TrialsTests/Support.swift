import Kernels
import Landscape
import Networks
import Outcomes
import Risk
import Studies
import TestSupport
import Training
import Trials

func prepare(_ name: String, _ overrides: [(String, String)]) throws -> PreparedStudy {
  let study = try load(name, overrides)
  return try PreparedStudy(study, levels: levels(of: study))
}

func levels(of study: Study) throws -> ReferenceLevels {
  var levels: [LevelRequest: RiskLevels] = [:]
  for request in study.levelRequests { levels[request] = try request.search() }
  return ReferenceLevels(levels)
}

func load(_ name: String, _ overrides: [(String, String)]) throws -> Study {
  try Study.load(name, overrides: overrides.map { Override(key: $0.0, value: $0.1) })
}

/// A study that trains small networks for some steps, from a text that tests complete; on a data set if there is one. Where
/// the flow leads from there is not asked.
func parse(
  activation: String = "relu", hidden: String = "[[8]]", initial: String = "pytorch", training: String = "",
  input: String = "uniform: [0, 1]", data: String = "", target: String = "\"sin(3*x)\"", trajectory: String = "",
  learningRate: String = "0.02", steps: Int = 50, batch: String = "{size: 256}"
) throws -> Study {
  try Study.parse(
    text: """
      study: test
      problem:
        \(data.isEmpty ? "input: {\(input)}" : "data: {\(data)}")
        target: \(target)
      network:
        activation: \(activation)
        hidden: \(hidden)
        initial: \(initial)
      training:
        learning-rate: \(learningRate)
        steps: \(steps)
      \(batch.isEmpty ? "" : "  batch: " + batch)
      \(training.isEmpty ? "" : "  " + training)
      verdict: {good: {risk-at-most: 1e-2}}
      limit: off
      \(trajectory.isEmpty ? "" : "trajectory: " + trajectory)
      sampling: {trials: 300, seed: 7}
      """, origin: .file("test.yaml"))
}

extension ParameterBlock {
  static func weights(_ layer: Int) -> ParameterBlock { ParameterBlock(layer: layer, kind: .weights) }
  static func biases(_ layer: Int) -> ParameterBlock { ParameterBlock(layer: layer, kind: .biases) }
}

/// The trainer of a cell, with another kernel, precision or optimizer if they are given, or with the exact gradient: the
/// random numbers stay those of the cell, so that the ends can be compared. The risk is that of its problem, if there is
/// one already.
func trainer(
  _ cell: Cell, kernel: GradientKernel? = nil, precision: Precision? = nil, optimizer: Optimizer? = nil,
  isExact: Bool = false, checkpoints: [Int] = [], risk: PopulationRisk? = nil
) throws -> Trainer {
  var method = cell.training
  var steps = method.steps
  if let precision { steps.precision = precision }
  switch method {
  case .miniBatch(var plan):
    plan.steps = steps
    if let optimizer { plan.optimizer = optimizer }
    method = isExact ? .population(PopulationPlan(steps: steps)) : .miniBatch(plan)
  case .population(var plan):
    plan.steps = steps
    method = .population(plan)
  case .flow(var plan):
    plan.steps = steps
    method = .flow(plan)
  }
  return Trainer(
    problem: cell.problem, architecture: cell.architecture, initialization: cell.initialization,
    trained: cell.trained, method: method, kernel: kernel ?? cell.kernel, checkpoints: checkpoints,
    risk: try risk ?? PopulationRisk(problem: cell.problem), sharedRates: nil,
    studySeed: cell.seed, cellKey: cell.key.value)
}

/// The trained parameters of a trial; nil if it diverged.
func train(
  _ cell: Cell, trial: Int, kernel: GradientKernel? = nil, precision: Precision? = nil, optimizer: Optimizer? = nil,
  isExact: Bool = false, kernels: KernelTable = widest
) throws -> [Double]? {
  var end: TrainedTrial.End?
  try trainer(cell, kernel: kernel, precision: precision, optimizer: optimizer, isExact: isExact)
    .train(trial..<trial + 1, kernels: kernels) { end = $0.end }
  guard case .finished(let parameters, _) = end else { return nil }
  return parameters
}

/// The exact risk of a cell's problem.
func exactRisk(_ cell: Cell, _ parameters: [Double]) throws -> Double {
  try PopulationRisk(problem: cell.problem)
    .evaluate(Network(architecture: cell.architecture, parameters: parameters), kernels: widest).risk
}

/// The largest difference of the two empirical distribution functions of sorted samples.
func kolmogorovSmirnov(_ a: [Double], _ b: [Double]) -> Double {
  var (i, j, largest) = (0, 0, 0.0)
  while i < a.count && j < b.count {
    let value = min(a[i], b[j])
    while i < a.count && a[i] <= value { i += 1 }
    while j < b.count && b[j] <= value { j += 1 }
    largest = max(largest, abs(Double(i) / Double(a.count) - Double(j) / Double(b.count)))
  }
  return largest
}
