import Kernels
import Landscape
import Networks
import Risk

extension FlowPolishing {
  /// Of shallow ReLU networks.
  ///
  /// - Parameter trained: the places of whole blocks of parameters.
  init(risk: PopulationRisk, width: Int, trained: [Range<Int>]? = nil, flowTime: Double, steps: Int = 20_000) {
    let architecture = Architecture(hidden: [width], activation: .relu)
    let moved = Set((trained ?? [0..<architecture.parameterCount]).joined())
    self.init(
      risk: risk, architecture: architecture,
      trained: architecture.blocks.filter { moved.isSuperset(of: architecture.range($0)) },
      plan: LimitPlan(flowTime: flowTime, steps: steps))
  }
}
