import Outcomes

extension Measurement<MeasuredTrial> {
  /// A network with such a layer is born dead: constant for ever.
  static let initiallyDeadLayers = Self(observable: .initiallyDeadLayers) { trial in
    let hidden = trial.cell.architecture.hidden
    guard let dead = trial.initiallyDead, dead.count == hidden.count else { return nil }
    return Double(zip(dead, hidden).count { $0 == $1 })
  }

  /// Networks with such neurons can only realize functions of smaller ones.
  static let initiallyDeadInFirstLayer = Self(observable: .initiallyDeadInFirstLayer) { trial in
    trial.initiallyDead.map { Double($0[0]) }
  }
}
