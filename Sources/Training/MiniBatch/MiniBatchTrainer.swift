import Kernels
import Problems
import Randomness
import Risk

/// Trains on mini-batches, wave by wave.
struct MiniBatchTrainer: MethodTrainer {
  let plan: MiniBatchPlan
  let cell: CellTrials
  let kernel: GradientKernel
  let risk: PopulationRisk
  let sharedRates: RateTable?

  /// Whether trials are trained side by side on the same batches.
  private var sharesBatches: Bool { plan.batchStream == .shared }

  func train(_ trials: Range<Int>, kernels: KernelTable, ended: (TrainedTrial) -> Void) {
    let (architecture, precision) = (cell.architecture, plan.steps.precision)
    let rates = sharedRates ?? plan.rates(width: cell.architecture.width)
    precondition(rates.firstInvalid == nil && rates.rates.count == plan.steps.count)
    let run = OptimizerRun(plan.optimizer, steps: plan.steps.count)
    // As many networks side by side as stay in the second-level cache, so that few batches serve many networks;
    // alone they are a group of the kernel.
    let group = kernel == .denseNetworks ? precision.lanes : 1
    let fitting =
      (512 << 10)
      / Ensemble.bytesPerNetwork(
        architecture: architecture, kernel: kernel, precision: precision, stateSlots: run.slots)
    let wave =
      sharesBatches
      ? max(group, min(max(16, fitting), Self.waveMemory / max(1, cell.bytesKept)) / group * group) : group
    let ensemble = Ensemble(
      architecture: architecture, kernel: kernel, precision: precision, count: min(wave, trials.count),
      batchSize: max(batchSize, wholeSize ?? 0), kernels: kernels, stateSlots: run.slots, trained: cell.trainedLayers)
    let source = gradientSource(ensemble)
    let check = plan.steps.until.map { StoppingCheck($0, risk: risk, ensemble: ensemble) }
    // What the networks are of all points says mostly that the exact risk is not needed.
    let whole =
      check != nil && wholeSize != nil && run.iterateSlot == nil && !source.isWhole
      ? SampleBatch(wholeDataOf: cell.problem, precision: precision) : nil
    for first in stride(from: trials.lowerBound, to: trials.upperBound, by: wave) {
      var training = WaveTraining(
        trials: first..<min(first + wave, trials.upperBound), trainer: self, ensemble: ensemble, source: source,
        check: check, whole: whole, run: run, rates: rates)
      training.train().forEach(ended)
    }
  }

  /// Bytes that the kept iterates of a wave may take, if one group alone does not take more.
  private static let waveMemory = 256 << 20

  /// Samples of a step.
  private var batchSize: Int {
    if case .data(let data) = cell.problem.inputs, plan.dataSampling == .full { return data.count }
    return plan.batchSize
  }

  /// Points of a data set.
  private var wholeSize: Int? { if case .data(let data) = cell.problem.inputs { data.count } else { nil } }

  private func gradientSource(_ ensemble: Ensemble) -> any GradientSource {
    switch kernel {
    case .shallow, .piecewiseLinear:
      return SortedBatchGradients(
        ensemble: ensemble, law: cell.problem.scalarLaw!, target: cell.problem.targetProgram!, size: batchSize,
        isShared: sharesBatches)
    case .denseNeurons, .denseNetworks:
      return SampleGradients(
        ensemble: ensemble, source: cell.problem.sampleSource(plan.dataSampling), size: batchSize,
        isShared: sharesBatches)
    }
  }

  /// The stream of the batches of a trial; of all trials if they share it.
  func batchStream(_ trial: Int) -> StreamAddress {
    sharesBatches ? cell.stream(0, .sharedBatch) : cell.stream(trial, .batch)
  }
}
