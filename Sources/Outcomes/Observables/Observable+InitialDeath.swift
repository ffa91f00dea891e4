extension Observable {
  /// Hidden layers all of whose neurons are dead at initialization; missing where not all layers are counted, as for deep
  /// networks of vectors from a law, and where neurons cannot die.
  public static let initiallyDeadLayers = Observable(
    "initially-dead-layers", title: "hidden layers that are dead at initialization", unit: "layers", .count,
    at: .initialization)
  /// Missing where neurons cannot die.
  public static let initiallyDeadInFirstLayer = Observable(
    "initially-dead-in-first-layer", title: "neurons of the first hidden layer that are dead at initialization",
    unit: "neurons", .count, at: .initialization)
}
