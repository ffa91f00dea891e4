import Kernels
import Networks
import Risk

/// Trains by population gradient descent.
struct PopulationTrainer: MethodTrainer {
  let plan: PopulationPlan
  let cell: CellTrials
  private let risk: PopulationRisk
  private let sharedRates: RateTable?
  /// The teacher, where gradients come from the kernel for teacher-student networks.
  private let teacher: RectifiedTeacher?

  /// - Parameter hasClosedForm: whether the risk of the networks is a ``Risk/GaussianReLURisk``.
  init(plan: PopulationPlan, cell: CellTrials, risk: PopulationRisk, hasClosedForm: Bool, sharedRates: RateTable?) {
    self.plan = plan
    self.cell = cell
    self.risk = risk
    self.sharedRates = sharedRates
    teacher = hasClosedForm && plan.steps.precision == .float64 ? risk.closedForm?.teacher : nil
  }

  func train(_ trials: Range<Int>, kernels: KernelTable, ended: (TrainedTrial) -> Void) {
    let architecture = cell.architecture
    let rates = sharedRates ?? plan.rates(width: architecture.width)
    precondition(rates.firstInvalid == nil && rates.rates.count == plan.steps.count)
    let precision = plan.steps.precision
    let ensemble = Ensemble(
      architecture: architecture, kernel: teacher == nil ? .denseNeurons : .denseNetworks, precision: precision,
      count: teacher == nil ? 1 : precision.lanes, batchSize: 1, kernels: kernels, trained: cell.trainedLayers)
    let source: any PopulationGradientSource =
      if let teacher {
        TeacherStudentGradients(ensemble: ensemble, teacher: teacher, until: plan.until)
      } else {
        PopulationGradients(ensemble: ensemble, risk: risk, architecture: architecture, until: plan.until)
      }
    var training = PopulationTraining(trainer: self, ensemble: ensemble, source: source, rates: rates)
    training.train(trials, ended: ended)
  }
}
