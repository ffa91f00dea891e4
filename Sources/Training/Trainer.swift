import Kernels
import Networks
import Problems
import Randomness
import Risk

/// Trains the trials of one cell.
///
/// The end of a trial is a pure function of cell key, study seed and trial index: the same bits whichever trials are
/// trained beside it and on whatever thread.
public struct Trainer: Sendable {
  public let architecture: Architecture
  public let trained: [ParameterBlock]
  public let plan: TrainingPlan
  public let kernel: GradientKernel
  /// Numbers of steps done at which the iterate is kept; increasing.
  public let checkpoints: [Int]
  /// Flow time of a trial that does all its steps, see ``RateTable/flowTime``.
  public let flowTime: Double
  /// The rates, if all cells of the study share them; otherwise they are worked out when they are needed, so that the
  /// tables of many cells do not fill the memory.
  private let sharedRates: RateTable?
  private let initialization: ResolvedInitialization
  /// The teacher, where population gradients come from the kernel for teacher-student networks.
  private let teacher: RectifiedTeacher?
  private let problem: Problem
  private let risk: PopulationRisk
  private let studySeed: UInt64
  private let cellKey: UInt64

  /// - Parameters:
  ///   - kernel: the algorithm for mini-batch gradients; it can train the architecture.
  ///   - risk: the risk of the problem, for population gradient descent.
  ///   - sharedRates: the rates of the plan, where they do not depend on the width.
  /// - Precondition: the rates of the plan are valid at this width.
  public init(
    problem: Problem, architecture: Architecture, initialization: Initialization, trained: [ParameterBlock],
    plan: TrainingPlan, kernel: GradientKernel, checkpoints: [Int], risk: PopulationRisk, sharedRates: RateTable?,
    studySeed: UInt64, cellKey: UInt64
  ) {
    let rates = sharedRates ?? RateTable(plan: plan, width: architecture.width)
    precondition(rates.firstInvalid == nil && rates.rates.count == plan.steps)
    precondition(plan.until == nil || plan.optimizer.method == .population)
    flowTime = rates.flowTime
    self.sharedRates = sharedRates
    self.architecture = architecture
    self.trained = trained
    self.plan = plan
    self.kernel = kernel
    self.checkpoints = checkpoints
    self.problem = problem
    self.risk = risk
    self.initialization = initialization.resolved(architecture, trained: trained)
    let isTeacherStudent =
      plan.optimizer.method == .population && plan.precision == .float64
      && PopulationRisk.hasClosedForm(
        problem, architecture: architecture, initialization: initialization, trained: trained)
    teacher = isTeacherStudent ? risk.closedForm?.teacher : nil
    self.studySeed = studySeed
    self.cellKey = cellKey
  }

  /// Whether trials are trained side by side on the same batches.
  private var sharesBatches: Bool { plan.batchStream == .shared }

  /// Trains `trials` and hands out how each ended, in their order, as soon as that is known.
  public func train(_ trials: Range<Int>, kernels: KernelTable, ended: (TrainedTrial) -> Void) {
    let shape = architecture.shape
    let rates = sharedRates ?? RateTable(plan: plan, width: architecture.width)
    if plan.optimizer.method == .population {
      trainExactly(trials, rates: rates, kernels: kernels, ended: ended)
      return
    }
    let run = OptimizerRun(plan.optimizer, steps: plan.steps)
    // As many networks side by side as stay in the second-level cache, so that few batches serve many networks;
    // alone they are a group of the kernel.
    let group = kernel == .denseNetworks ? plan.precision.lanes : 1
    let fitting =
      (512 << 10)
      / Ensemble.bytesPerNetwork(
        shape: shape, kernel: kernel, precision: plan.precision, stateSlots: run.slots)
    let wave =
      sharesBatches ? max(group, min(max(16, fitting), Self.waveMemory / max(1, bytesKept)) / group * group) : group
    let ensemble = Ensemble(
      shape: shape, kernel: kernel, precision: plan.precision, count: min(wave, trials.count),
      batchSize: batchSize, kernels: kernels, stateSlots: run.slots, trained: trainedLayers)
    let source = gradientSource(ensemble)
    for first in stride(from: trials.lowerBound, to: trials.upperBound, by: wave) {
      var training = WaveTraining(
        trials: first..<min(first + wave, trials.upperBound), trainer: self, ensemble: ensemble, source: source,
        run: run, rates: rates)
      training.train().forEach(ended)
    }
  }

  /// Bytes that the checkpoints of a wave may take, if one group alone does not take more.
  private static let waveMemory = 256 << 20

  /// Bytes that the iterates at the checkpoints of a trial take: its distances to the end need all of them.
  private var bytesKept: Int { checkpoints.count * architecture.shape.parameterCount * MemoryLayout<Double>.size }

  /// Population gradient descent.
  private func trainExactly(
    _ trials: Range<Int>, rates: RateTable, kernels: KernelTable, ended: (TrainedTrial) -> Void
  ) {
    let kernel: GradientKernel = teacher == nil ? .denseNeurons : .denseNetworks
    let ensemble = Ensemble(
      shape: architecture.shape, kernel: kernel, precision: plan.precision,
      count: teacher == nil ? 1 : plan.precision.lanes, batchSize: 1, kernels: kernels, trained: trainedLayers)
    let source: any PopulationGradientSource =
      if let teacher {
        TeacherStudentGradients(ensemble: ensemble, teacher: teacher, until: plan.until)
      } else {
        PopulationGradients(ensemble: ensemble, risk: risk, architecture: architecture, until: plan.until)
      }
    var training = PopulationTraining(trainer: self, ensemble: ensemble, source: source, rates: rates)
    training.train(trials, ended: ended)
  }

  /// Samples of a step.
  private var batchSize: Int {
    if case .data(let data) = problem.inputs, plan.dataSampling == .full { return data.count }
    return plan.batchSize
  }

  private var trainedLayers: [(weights: Bool, biases: Bool)] {
    (1...architecture.depth + 1).map { layer in
      (
        trained.contains(ParameterBlock(layer: layer, kind: .weights)),
        trained.contains(ParameterBlock(layer: layer, kind: .biases))
      )
    }
  }

  private func gradientSource(_ ensemble: Ensemble) -> any GradientSource {
    switch kernel {
    case .shallow, .piecewiseLinear:
      return SortedBatchGradients(
        ensemble: ensemble, law: problem.scalarLaw!, target: problem.targetProgram!, size: batchSize,
        isShared: sharesBatches)
    case .denseNeurons, .denseNetworks:
      return SampleGradients(
        ensemble: ensemble, source: problem.sampleSource(plan.dataSampling), size: batchSize, isShared: sharesBatches)
    }
  }

  /// The initial parameters of a trial.
  public func initialParameters(_ trial: Int, kernels: KernelTable) -> [Double] {
    initialization.draw(studySeed: studySeed, cellKey: cellKey, trial: trial, kernels: kernels)
  }

  /// The stream of the batches of a trial; of all trials if they share it.
  func batchStream(_ trial: Int) -> StreamAddress {
    sharesBatches
      ? StreamAddress(studySeed: studySeed, cellKey: cellKey, trial: 0, purpose: .sharedBatch)
      : StreamAddress(studySeed: studySeed, cellKey: cellKey, trial: trial, purpose: .batch)
  }
}
