import Kernels
import Networks
import Problems
import Risk

/// Where exact gradients of the population risk come from. One thread's working memory.
protocol PopulationGradientSource {
  /// Leaves the gradients of these networks in the ensemble, which is one group.
  ///
  /// - Parameter checked: a bit for each place whose network is compared with the stopping criterion; 0 without one.
  /// - Returns: a bit for each of those places whose network meets it.
  func computeGradient(places: [Int], checked: UInt32) -> UInt32
}

/// The exact gradient of the population risk, in double precision, rounded to that of the parameters.
struct PopulationGradients: PopulationGradientSource {
  let ensemble: Ensemble
  let risk: PopulationRisk
  let check: StoppingCheck?

  func computeGradient(places: [Int], checked: UInt32) -> UInt32 {
    var met: UInt32 = 0
    for place in places {
      let network = Network(architecture: ensemble.architecture, parameters: ensemble.parameters(place))
      let evaluation = risk.evaluate(network, kernels: ensemble.kernels)
      ensemble.setGradient(evaluation.gradient, lane: place)
      if let check, checked &>> UInt32(place) & 1 == 1, check.meets(evaluation) { met |= 1 << UInt32(place) }
    }
    return met
  }
}

/// The gradient of the risk over a data set, by a dense kernel in the precision of the parameters: the same bits as those
/// of mini-batches with all points.
struct DataGradients: PopulationGradientSource {
  private let ensemble: Ensemble
  private let points: SampleBatch
  private let check: StoppingCheck?

  init(ensemble: Ensemble, problem: Problem, check: StoppingCheck?) {
    self.ensemble = ensemble
    self.check = check
    points = SampleBatch(wholeDataOf: problem, precision: ensemble.precision)
  }

  func computeGradient(places: [Int], checked: UInt32) -> UInt32 {
    ensemble.computeGradient(group: 0, samples: points)
    guard let check else { return 0 }
    var met = check.candidates(among: checked)
    if met == 0 { return 0 }
    for place in places where met &>> UInt32(place) & 1 == 1 && !check.meets(ensemble.parameters(place)) {
      met &= ~(1 &<< UInt32(place))
    }
    return met
  }
}

extension SampleBatch {
  /// All points of the data set of a problem, for all networks of a group.
  convenience init(wholeDataOf problem: Problem, precision: Precision) {
    guard case .data(let data) = problem.inputs else { preconditionFailure("the inputs have a law") }
    self.init(
      size: data.count, dimension: data.dimension, precision: precision, isWeighted: data.weights != nil)
    set(inputs: data.inputs, targets: data.targets(problem.targetProgram), weights: data.normalizedWeights)
  }
}

/// The exact gradients of students without biases for normal inputs, one network a lane, in double precision.
struct TeacherStudentGradients: PopulationGradientSource {
  private let ensemble: Ensemble
  private let teacher: TeacherMemory
  private let until: StoppingCriterion?

  init(ensemble: Ensemble, teacher: RectifiedTeacher, until: StoppingCriterion?) {
    self.ensemble = ensemble
    self.teacher = TeacherMemory(teacher, width: ensemble.architecture.hidden[0], kernels: ensemble.kernels)
    self.until = until
  }

  func computeGradient(places: [Int], checked: UInt32) -> UInt32 {
    let risks = ensemble.computeGradient(group: 0, teacher: teacher)
    if checked == 0 { return 0 }
    return switch until {
    case nil: 0
    case .risk(let bound): checked & Self.lanes(risks, atMost: bound)
    case .neuronGradient(let bound): checked & Self.lanes(ensemble.largestNeuronGradientNorms(), atMost: bound)
    }
  }

  private static func lanes(_ values: [Double], atMost bound: Double) -> UInt32 {
    values.indices.reduce(0) { values[$1] <= bound ? $0 | 1 << UInt32($1) : $0 }
  }
}
