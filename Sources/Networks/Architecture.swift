/// What a hidden neuron applies to its pre-activation.
public enum Activation: String, Sendable, Hashable, CaseIterable {
  /// max(z, 0), with derivative 0 at 0.
  case relu
}

/// The shape of a fully connected network with scalar input and output.
public struct Architecture: Sendable, Hashable {
  /// Widths of the hidden layers, from the input on.
  public let hidden: [Int]
  public let activation: Activation

  public init(hidden: [Int], activation: Activation) {
    precondition(!hidden.isEmpty && hidden.allSatisfy { $0 >= 1 })
    self.hidden = hidden
    self.activation = activation
  }

  /// The hidden widths joined by hyphens: "20", "50-50".
  public var label: String { hidden.map(String.init).joined(separator: "-") }

  /// The width of the first hidden layer: the h of scale expressions.
  public var width: Int { hidden[0] }
}
