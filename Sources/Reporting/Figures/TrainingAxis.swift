import Training

/// The axis along training: optimizer steps, or flow time where the gradient flow trains some of the cells.
struct TrainingAxis {
  private let usesFlowTime: Bool
  /// Where 0 stands on the logarithmic axis, half of a decade before the first place.
  private let zero: Double
  private let hasZero: Bool

  /// - Parameter lines: all that are drawn.
  init(_ lines: [TrajectoryReport.Line], of methods: [TrainingMethod]) {
    usesFlowTime = methods.contains { if case .flow = $0 { true } else { false } }
    hasZero = lines.contains { $0.step == 0 }
    // The half of a decade.
    zero = usesFlowTime ? 0.3 * (lines.map(\.flowTime).filter { $0 > 0 }.min() ?? 1) : 0.3
  }

  func position(_ line: TrajectoryReport.Line) -> Double {
    let position = usesFlowTime ? line.flowTime : Double(line.step)
    return position == 0 ? zero : position
  }

  var axis: Figure.Axis {
    Figure.Axis(
      usesFlowTime ? "flow time" : "optimizer step", .logarithmic, named: hasZero ? [Figure.NamedTick(zero, "0")] : [])
  }
}
