import Kernels
import Networks
import Risk

/// Trains by population gradient descent.
struct PopulationTrainer: MethodTrainer {
  let plan: PopulationPlan
  let cell: CellTrials
  private let kernel: GradientKernel
  private let risk: PopulationRisk
  private let sharedRates: RateTable?
  /// The teacher, where gradients come from the kernel for teacher-student networks.
  private let teacher: RectifiedTeacher?

  /// - Parameters:
  ///   - kernel: for the gradients over a data set.
  ///   - hasClosedForm: whether the risk of the networks is a ``Risk/GaussianReLURisk``.
  init(
    plan: PopulationPlan, cell: CellTrials, kernel: GradientKernel, risk: PopulationRisk, hasClosedForm: Bool,
    sharedRates: RateTable?
  ) {
    self.plan = plan
    self.cell = cell
    self.risk = risk
    self.sharedRates = sharedRates
    teacher = hasClosedForm && plan.steps.precision == .float64 ? risk.closedForm?.teacher : nil
    self.kernel = teacher == nil ? kernel : .denseNetworks
  }

  func train(_ trials: Range<Int>, kernels: KernelTable, ended: (TrainedTrial) -> Void) {
    let architecture = cell.architecture
    let rates = sharedRates ?? plan.rates(width: architecture.width)
    precondition(rates.firstInvalid == nil && rates.rates.count == plan.steps.count)
    let precision = plan.steps.precision
    let points = if case .data(let data) = cell.problem.inputs { data.count } else { 1 }
    let ensemble = Ensemble(
      architecture: architecture, kernel: kernel, precision: precision,
      count: kernel == .denseNetworks ? precision.lanes : 1, batchSize: points, kernels: kernels,
      trained: cell.trainedLayers)
    let check = plan.steps.until.map { StoppingCheck($0, risk: risk, ensemble: ensemble) }
    let source: any PopulationGradientSource
    if let teacher {
      source = TeacherStudentGradients(ensemble: ensemble, teacher: teacher, until: plan.steps.until)
    } else if case .data = cell.problem.inputs {
      source = DataGradients(ensemble: ensemble, problem: cell.problem, check: check)
    } else {
      source = PopulationGradients(ensemble: ensemble, risk: risk, check: check)
    }
    var training = PopulationTraining(trainer: self, ensemble: ensemble, source: source, rates: rates)
    training.train(trials, ended: ended)
  }
}
