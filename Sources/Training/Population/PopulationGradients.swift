import Kernels
import Networks
import Numerics
import Risk

/// Where exact gradients of the population risk come from. One thread's working memory.
protocol PopulationGradientSource {
  /// Leaves the gradients of these networks in the ensemble, which is one group.
  ///
  /// - Returns: a bit for each place whose network meets the stopping criterion.
  func computeGradient(places: [Int]) -> UInt32
}

/// The exact gradient of the population risk, in double precision, rounded to that of the parameters.
struct PopulationGradients: PopulationGradientSource {
  let ensemble: Ensemble
  let risk: PopulationRisk
  let architecture: Architecture
  let until: StoppingCriterion?

  func computeGradient(places: [Int]) -> UInt32 {
    var met: UInt32 = 0
    for place in places {
      let network = Network(architecture: architecture, parameters: ensemble.parameters(place))
      let evaluation = risk.evaluate(network, kernels: ensemble.kernels)
      ensemble.setGradient(evaluation.gradient, lane: place)
      if meets(evaluation) { met |= 1 << UInt32(place) }
    }
    return met
  }

  private func meets(_ evaluation: RiskEvaluation) -> Bool {
    switch until {
    case nil: false
    case .risk(let bound): evaluation.risk <= bound
    case .neuronGradient(let bound): neuronNorms(evaluation.gradient).allSatisfy { $0 <= bound }
    }
  }

  /// The norm of the gradient in the trained weights and bias of each hidden neuron.
  private func neuronNorms(_ gradient: [Double]) -> [Double] {
    zip(ensemble.architecture.parameterRanges, ensemble.trained).dropLast().flatMap { block, trained in
      let inputs = block.weights.count / block.biases.count
      return block.biases.indices.map { bias in
        let first = block.weights.lowerBound + (bias - block.biases.lowerBound) * inputs
        return gradient.euclideanNorm(
          over: (trained.biases ? [bias..<bias + 1] : []) + (trained.weights ? [first..<first + inputs] : []))
      }
    }
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

  func computeGradient(places: [Int]) -> UInt32 {
    let risks = ensemble.computeGradient(group: 0, teacher: teacher)
    return switch until {
    case nil: 0
    case .risk(let bound): Self.lanes(risks, atMost: bound)
    case .neuronGradient(let bound): Self.lanes(ensemble.largestNeuronGradientNorms(), atMost: bound)
    }
  }

  private static func lanes(_ values: [Double], atMost bound: Double) -> UInt32 {
    values.indices.reduce(0) { values[$1] <= bound ? $0 | 1 << UInt32($1) : $0 }
  }
}
