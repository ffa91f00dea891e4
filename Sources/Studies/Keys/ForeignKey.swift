/// A key that other programs have, and what there is in its place.
struct ForeignKey {
  /// To follow the message that it is not a key here.
  let explanation: String
  /// The dotted key of the same meaning, if there is one.
  let key: String?

  /// Nil if nothing is known about `name`.
  ///
  /// - Parameter path: the dotted path of the key below which it stands.
  init?(_ name: String, below path: String) {
    let name = name.lowercased().replacing("_", with: "-")
    if let key = Self.keys[name], !(path + ".").hasPrefix(key + ".") {
      self.key = key
      explanation = "write \(key)" + (key == Study.hiddenKey ? ", a list with one list of hidden widths a cell" : "")
    } else if let explanation = Self.explanations[name] {
      key = nil
      self.explanation = explanation
    } else {
      return nil
    }
  }

  private static let keys = [
    "network.hidden": [
      "width", "widths", "layers", "hidden-layers", "hidden-size", "hidden-sizes", "neurons", "units",
    ],
    "network.activation": ["nonlinearity"],
    "network.initial": ["init", "initialization", "initializer", "weight-init"],
    "problem.target": ["target-function", "function"],
    "training.batch.size": ["batch-size", "minibatch-size", "mini-batch-size"],
    "study": ["name", "title"],
    "training.learning-rate": ["lr", "step-size", "rate"],
    "training.precision": ["dtype"],
    "training.steps": ["iterations", "num-steps", "n-steps", "max-steps", "num-iterations", "n-iterations"],
    "sampling.trials": [
      "runs", "replicates", "replications", "repetitions", "repeats", "num-trials", "n-trials", "num-seeds", "n-seeds",
    ],
  ].reduce(into: [String: String]()) { keys, own in
    for name in own.value { keys[name] = own.key }
  }

  private static let explanations = [
    "<<": "merge keys are not supported, write the keys out",
    "weight-decay": "only adamw has one, which is no L2 penalty of the risk; adam and the others have none",
    "l2": noPenalty, "l1": noPenalty, "regularization": noPenalty, "penalty": noPenalty,
    "dropout": "networks have no dropout, leave it out",
    "noise":
      "labels have no noise here; for points with noisy labels draw them once and put them into a CSV file "
      + "(problem.data.csv)",
    "loss": loss, "cost": loss, "criterion": loss, "objective": loss, "loss-function": loss,
    "epochs": epochs, "num-epochs": epochs, "n-epochs": epochs, "max-epochs": epochs,
  ]
  private static let noPenalty = "the risk has no penalty, leave it out"
  private static let loss = "the loss is always the square of the error, leave it out"
  private static let epochs = "training is counted in steps, each with a batch; write training.steps"
}
