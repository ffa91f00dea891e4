import Kernels
import Networks
import Studies
import Training

/// A small study whose outcomes are frozen.
struct FrozenCase: Sendable {
  let name: String
  /// The keys of the sections of a study file, in flow style.
  var problem = #"target: "sin(3*x)""#
  var network = "hidden: [[8]], initial: pytorch"
  var training = "learning-rate: 0.02, steps: 20, batch: {size: 64}"
  var trajectory: String?
  var trials = 3

  var text: String {
    """
    study: frozen
    problem: {\(problem)}
    network: {\(network)}
    training: {\(training)}
    verdict: {good: {risk-at-most: 1e-3}}
    \(trajectory.map { "trajectory: {\($0)}" } ?? "")
    sampling: {trials: \(trials), seed: 7}
    """
  }

  static let all: [FrozenCase] =
    [
      kernels, optimizers, clippings, schedules, activations, initialLaws, startingPoints, inputs, vectorInputs,
      targets, functions, dataSets, batches, risks, closedForms, quadratures, trajectories, early,
    ].flatMap { $0 }

  // MARK: - Training

  /// More trials than a vector has lanes, and widths that are no multiple of it.
  private static let kernels: [FrozenCase] = Precision.allCases.flatMap { precision in
    GradientKernel.allCases.flatMap { kernel in
      ["[[8]]", "[[37]]", "[[9, 5]]", "[[6, 7, 5]]", "[[33, 34]]"].flatMap { hidden in
        ["relu", "clipping", "{leaky-relu: 0.2}"].compactMap { activation -> FrozenCase? in
          if kernel == .shallow && hidden.contains(",") { return nil }
          return FrozenCase(
            name: "kernel \(kernel.rawValue) \(precision.rawValue) \(activation) \(hidden)",
            network: "activation: \(activation), hidden: \(hidden), initial: pytorch",
            training: "kernel: \(kernel.rawValue), precision: \(precision.rawValue), learning-rate: 0.05, steps: 12, "
              + "batch: {size: 200}",
            trials: kernel == .denseNetworks ? 19 : 2)
        }
      }
    }
  }

  private static let optimizers: [FrozenCase] = Precision.allCases.flatMap { precision in
    (OptimizerMethod.allCases.map(\.rawValue) + ["population"]).flatMap { optimizer in
      ["[[8]]", "[[5, 4]]"].map { hidden in
        FrozenCase(
          name: "optimizer \(optimizer) \(precision.rawValue) \(hidden)",
          network: "hidden: \(hidden), initial: pytorch",
          training: "optimizer: \(optimizer), precision: \(precision.rawValue), learning-rate: 0.01, steps: 40"
            + (optimizer == "population" ? "" : ", batch: {size: 64}"))
      }
    }
  }

  private static let clippings: [FrozenCase] =
    [
      ("clipping norm", "optimizer: momentum, clipping: {norm: 0.1}"),
      ("clipping regularized", "optimizer: adam, clipping: {norm: 0.1, delta: 0.05}"),
      ("clipping population", "optimizer: population, clipping: {norm: 0.1}"),
      ("settings of adam", "optimizer: {adam: {beta1: 0.5, beta2: 0.9, epsilon: 1e-4}}"),
      ("settings of adamw", "optimizer: {adamw: {weight-decay: 0.1}}"),
      ("settings of averaged-sgd", "optimizer: {averaged-sgd: {burn-in: 0.5}}"),
    ].flatMap { name, settings in
      Precision.allCases.map { precision in
        FrozenCase(
          name: "\(name) \(precision.rawValue)",
          training: "\(settings), precision: \(precision.rawValue), learning-rate: 0.01, steps: 40"
            + (settings.contains("population") ? "" : ", batch: {size: 64}"))
      }
    }

  private static let schedules: [FrozenCase] = [
    ("steps and width", #""0.1 * 0.5^floor((n+1)/8) * h^(-1/2)""#), ("power", #""0.05 * (n+1)^(-0.1)""#),
    ("constant", "{constant: 0.02}"), ("step-decay", "{step-decay: {initial: 0.1, factor: 0.7, every: 5}}"),
    ("polynomial-decay", "{polynomial-decay: {initial: 0.1, final: 0.01, power: 1.5}}"),
    ("cosine", "{cosine: {initial: 0.1}}"), ("warm-up", "{warm-up: {steps: 10, then: {cosine: {initial: 0.1}}}}"),
  ].map { name, rate in
    FrozenCase(
      name: "learning-rate \(name)", network: "hidden: [[4], [7]], initial: pytorch",
      training: "learning-rate: \(rate), steps: 30, batch: {size: 64}")
  }

  private static let activations: [FrozenCase] = Precision.allCases.flatMap { precision in
    [GradientKernel.denseNeurons, .denseNetworks].flatMap { kernel in
      (Activation.Kind.allCases.map(\.rawValue) + ["{elu: 0.5}"]).flatMap { activation in
        ["[[9]]", "[[5, 4]]"].map { hidden in
          FrozenCase(
            name: "activation \(activation) \(kernel.rawValue) \(precision.rawValue) \(hidden)",
            network: "activation: \(activation), hidden: \(hidden), "
              + "initial: {weights: {normal: 1}, biases: {normal: 1}}",
            training: "kernel: \(kernel.rawValue), precision: \(precision.rawValue), learning-rate: 0.01, steps: 12, "
              + "batch: {size: 40}",
            trials: 1)
        }
      }
    }
  }

  // MARK: - Starts

  private static let initialLaws: [FrozenCase] =
    ([
      "pytorch", "{normal: 1.5}", "{half-normal: \"h^(-1/2)\"}", "{uniform: [-1, \"1/d\"]}", "{constant: 0.25}",
      "{large-bias: 0.5}", "{pytorch: 1.5}",
    ]
    + VarianceRule.allCases.flatMap { rule in
      VarianceRule.Shape.allCases.flatMap { shape in
        ["\(rule.rawValue)-\(shape.rawValue)", "{\(rule.rawValue)-\(shape.rawValue): 0.7}"]
      }
    }).flatMap { law in
      ["[[9]]", "[[6, 7]]"].map { hidden in
        FrozenCase(
          name: "initial \(law.replacing("\"", with: "")) \(hidden)",
          // Not the law for the weights as well: a constant one would leave all neurons the same.
          network: "hidden: \(hidden), initial: {weights: \(law.contains("t: 0.25") ? "he-normal" : law), "
            + "biases: \(law)}",
          training: "precision: float64, learning-rate: 0.01, steps: 2, batch: {size: 16}")
      }
    }

  private static let startingPoints: [FrozenCase] = [
    FrozenCase(
      name: "initial saddle", problem: "target: {affine: {weights: [1]}}",
      network: "hidden: [[2]], initial: {saddle: 2, distance: 1e-2}",
      training: "optimizer: population, precision: float64, learning-rate: 0.2, steps: 50"),
    FrozenCase(
      name: "initial saddle leaky", problem: "target: {affine: {weights: [1]}}",
      network: "activation: {leaky-relu: 0.1}, hidden: [[3]], initial: {saddle: 3, first-kink: left, distance: 1e-2}"),
    FrozenCase(
      name: "initial point",
      network: "hidden: [[2]], initial: {point: [1, -1, 0, 0.5, 2, 1, 0], distance: 0.1}"),
    FrozenCase(
      name: "trainable", network: "hidden: [[8]], initial: pytorch, trainable: [inner-biases, outer-weights]",
      training: "optimizer: adam, learning-rate: 0.02, steps: 20, batch: {size: 64}"),
    FrozenCase(
      name: "trainable deep", network: "hidden: [[5, 6]], initial: he-normal-and-zero, trainable: [layer-2-weights]",
      training: "optimizer: momentum, learning-rate: 0.02, steps: 20, batch: {size: 200}"),
  ].map { test in
    var test = test
    test.network = test.network.replacing(
      "he-normal-and-zero", with: "{weights: he-normal, biases: {constant: 0}}")
    return test
  }

  // MARK: - Problems

  private static let inputs: [FrozenCase] =
    [
      ("uniform", #"input: {uniform: ["-pi", "pi"]}, target: "sin(x)""#),
      ("normal", #"input: {normal: {mean: 0.5, standard-deviation: 2}}, target: "tanh(x)""#),
      ("density", #"input: {density: {breaks: [0, 0.5, 1], pieces: [[0, 4], [4, -4]]}}, target: "x^2""#),
      ("density of degree 2", #"input: {density: {breaks: [-1, 1], pieces: [["0", 0, 1.5]]}}, target: "x^2""#),
      ("box of 1", #"input: {box: [[-1, 2]]}, target: "x^2""#),
    ].flatMap { name, problem in
      GradientKernel.allCases.map { kernel in
        FrozenCase(
          name: "input \(name) \(kernel.rawValue)", problem: problem,
          training: "kernel: \(kernel.rawValue), learning-rate: 0.02, steps: 20, batch: {size: 200}", trials: 2)
      }
    }

  private static let vectorInputs: [FrozenCase] =
    [
      ("box of 2", #"input: {box: [[0, 1], [-1, 2]]}, target: "x1 * x2""#),
      ("box of 3", #"input: {box: [[0, 1], [-1, 2], [0, 3]]}, target: "x1 * x2 - x3""#),
      ("normal of 2", #"input: {normal: {dimension: 2, mean: 1}}, target: "x1 * x2""#),
      ("normal of 7", #"input: {normal: {dimension: 7}}, target: "x1 * x7", evaluation-points: 500"#),
      ("box of 4", #"input: {box: [[0, 1], [0, 1], [0, 1], [1, 2]]}, target: "x1*x4", evaluation-points: 300"#),
    ].flatMap { name, problem in
      [GradientKernel.denseNeurons, .denseNetworks].map { kernel in
        FrozenCase(
          name: "input \(name) \(kernel.rawValue)", problem: problem,
          network: "activation: tanh, hidden: [[7]], initial: pytorch",
          training: "kernel: \(kernel.rawValue), learning-rate: 0.02, steps: 10, batch: {size: 32}", trials: 2)
      }
    }

  private static let targets: [FrozenCase] =
    [
      ("affine", "target: {affine: {weights: [1.5], constant: -0.25}}"),
      ("piecewise-polynomial", "target: {piecewise-polynomial: {breaks: [0, 0.4, 1], pieces: [[1], [0, 2, -1]]}}"),
      ("teacher", "target: {teacher: {hidden: [2], parameters: [1, -1, 0, 0.5, 2, 1, 0]}}"),
      (
        "drawn teacher",
        "target: {teacher: {activation: tanh, hidden: [3, 2], initial: {weights: {normal: 1}, biases: {constant: 0}}, "
          + "seed: 4}}"
      ),
    ].flatMap { name, problem in
      [GradientKernel.shallow, .piecewiseLinear, .denseNetworks].map { kernel in
        FrozenCase(
          name: "target \(name) \(kernel.rawValue)", problem: problem,
          training: "kernel: \(kernel.rawValue), learning-rate: 0.02, steps: 20, batch: {size: 200}", trials: 2)
      }
    }
    + [
      FrozenCase(
        name: "target affine of 2", problem: "input: {normal: {dimension: 2}}, target: {affine: {weights: [1, -2]}}",
        trials: 1)
    ]

  /// Every function that a target may use.
  private static let functions: [FrozenCase] = [
    "sin(3*x)", "cos(2*x)", "tan(x)", "exp(-2*x)", "log(1+x)", "sqrt(0.1+x)", "abs(x-0.5)", "tanh(4*x)",
    "floor(3*x)", "min(x, 0.5)", "max(x, 1/3)", "x^4 - x^3", "(1+x)^2.5", "2^x", "1/(1+x)",
  ].flatMap { target in
    [GradientKernel.shallow, .denseNetworks].map { kernel in
      FrozenCase(
        name: "function \(target) \(kernel.rawValue)", problem: "target: \"\(target)\"",
        training: "kernel: \(kernel.rawValue), learning-rate: 0.02, steps: 10, batch: {size: 64}", trials: 2)
    }
  }

  private static let samplings = [
    ("with-replacement", "batch: {size: 7, sampling: with-replacement}"),
    ("without-replacement", "batch: {size: 7, sampling: without-replacement}"),
    ("shared", "batch: {size: 7, sampling: without-replacement, stream: shared}"),
    ("full", "batch: {sampling: full}"), ("population", "optimizer: population"),
  ]

  private static let dataSets: [FrozenCase] =
    [
      ("points", "data: {points: [[0, 1], [0.5, 2], [0.75, -1], [1, 0.5], [1.5, 0], [2, 1], [3, 2], [4, 1]]}"),
      (
        "weights",
        "data: {points: [[0, 1], [0.5, 2], [0.75, -1], [1, 0.5], [1.5, 0], [2, 1], [3, 2], [4, 1]], "
          + "weights: [1, 2, 0, 1, 3, 1, 0.5, 1]}"
      ),
      ("gaussian", #"data: {gaussian: {points: 30, dimension: 3, seed: 2}}, target: "x1 * x2 - x3""#),
      ("nearly-orthogonal", #"data: {nearly-orthogonal: {points: 10, dimension: 12, noise: 0.5}}, target: "x1 - x2""#),
    ].flatMap { name, problem in
      samplings.map { sampling, training in
        FrozenCase(
          name: "data \(name) \(sampling)", problem: problem, training: "\(training), learning-rate: 0.02, steps: 20")
      }
    }
    + ["relu", "tanh"].map { activation in
      FrozenCase(
        name: "data of 2 layers \(activation)",
        problem: #"data: {gaussian: {points: 30, dimension: 3, seed: 2}}, target: "x1 * x2 - x3""#,
        network: "activation: \(activation), hidden: [[20, 17]], initial: pytorch",
        training: "kernel: dense-neurons, learning-rate: 0.02, steps: 20")
    }

  /// Shared batches, whose streams are others; batches of one sample and of more than are drawn at once.
  private static let batches: [FrozenCase] = GradientKernel.allCases.flatMap { kernel in
    ["{size: 1}", "{size: 200, stream: shared}", "{size: 5000}"].map { batch in
      FrozenCase(
        name: "batch \(kernel.rawValue) \(batch)",
        training: "kernel: \(kernel.rawValue), learning-rate: 0.02, steps: 12, batch: \(batch)", trials: 2)
    }
  }

  // MARK: - Risks

  private static let risks: [FrozenCase] =
    ["relu", "{leaky-relu: 0.1}", "clipping", "identity", "threshold-straight-through", "softplus"].flatMap {
      activation in
      ["[[20]]", "[[10, 10]]", "[[6, 6, 6]]"].flatMap { hidden in
        [
          ("uniform", #"target: "exp(x) * sin(5*x)""#),
          ("density", #"input: {density: {breaks: [0, 0.5, 1], pieces: [[0, 4], [4, -4]]}}, target: "x^2""#),
          ("normal", #"input: {normal: {}}, target: "abs(x)""#),
        ].map { input, problem in
          FrozenCase(
            name: "risk \(input) \(activation) \(hidden)", problem: problem,
            network: "activation: \(activation), hidden: \(hidden), initial: {weights: he-normal, biases: {normal: 1}}",
            training: "learning-rate: 0.001, steps: 1, batch: {size: 4}")
        }
      }
    }

  private static let closedForms: [FrozenCase] =
    [2, 3, 5].flatMap { dimension in
      ["sgd", "population"].flatMap { optimizer in
        Precision.allCases.map { precision in
          // Networks without biases, like the teacher: the risk and its gradient have a closed form.
          FrozenCase(
            name: "risk teacher-student of \(dimension) \(optimizer) \(precision.rawValue)",
            problem: "input: {normal: {dimension: \(dimension)}}, target: {teacher: {hidden: [\(dimension)], "
              + "parameters: orthonormal}}",
            network: "hidden: [[6]], initial: {inner-weights: {normal: 0.5}, inner-biases: {constant: 0}, "
              + "outer-weights: {constant: 1}, outer-bias: {constant: 0}}, trainable: [inner-weights]",
            training: "optimizer: \(optimizer), precision: \(precision.rawValue), learning-rate: 0.05, steps: 20"
              + (optimizer == "population" ? "" : ", batch: {size: 64}"))
        }
      }
    }

  private static let quadratures: [FrozenCase] =
    [("box", "{box: [[0, 1], [0, 2]]}"), ("normal", "{normal: {dimension: 2}}")].flatMap { name, law in
      ["sgd", "population"].map { optimizer in
        FrozenCase(
          name: "risk \(name) of 2 \(optimizer)", problem: "input: \(law), target: \"x1 * x2\"",
          network: "activation: softplus, hidden: [[5]], initial: pytorch",
          training: "optimizer: \(optimizer), precision: float64, learning-rate: 0.05, steps: 4"
            + (optimizer == "population" ? "" : ", batch: {size: 64}"), trials: 1)
      }
    }

  // MARK: - Ways to the end

  private static let trajectories: [FrozenCase] =
    GradientKernel.allCases.map(\.rawValue).map { kernel in
      FrozenCase(
        name: "trajectory \(kernel)",
        training: "kernel: \(kernel), optimizer: adam, learning-rate: 0.01, steps: 30, batch: {size: 200}",
        trajectory: "checkpoints: [0, 1, 7, 30], trials: [0, 2]")
    }
    + [
      FrozenCase(
        name: "trajectory averaged", training: "optimizer: averaged-sgd, learning-rate: 0.01, steps: 30",
        trajectory: "trials: [0, 1, 2]"),
      FrozenCase(
        name: "trajectory population", training: "optimizer: population, learning-rate: 0.01, steps: 30",
        trajectory: "trials: [0, 1, 2]"),
      FrozenCase(
        name: "trajectory of divergence",
        network: "hidden: [[8]], initial: {weights: {normal: 2}, biases: {normal: 2}}",
        training: "learning-rate: 1e5, steps: 60, batch: {size: 64}", trajectory: "trials: [0, 1, 2]"),
    ]

  /// Trials that end before their last step: they diverge, or reach a goal.
  private static let early: [FrozenCase] =
    GradientKernel.allCases.flatMap { kernel in
      Precision.allCases.map { precision in
        FrozenCase(
          name: "divergence \(kernel.rawValue) \(precision.rawValue)",
          network: "hidden: [[8]], initial: {weights: {normal: 2}, biases: {normal: 2}}",
          training: "kernel: \(kernel.rawValue), precision: \(precision.rawValue), learning-rate: 1e8, steps: 100, "
            + "batch: {size: 64}",
          trials: 18)
      }
    }
    + FlowIntegrator.allCases.map { method in
      FrozenCase(
        name: "flow \(method.rawValue)",
        training: "optimizer: {gradient-flow: {method: \(method.rawValue), tolerance: 1e-5}}, steps: 9, "
          + "learning-rate: {geometric: {total: 100}}")
    }
    + ["risk-at-most: 0.05", "neuron-gradient-at-most: 0.05"].map { goal in
      FrozenCase(
        name: "until \(goal)",
        training: "optimizer: population, precision: float64, learning-rate: 0.05, steps: 200, until: {\(goal)}")
    }
    + [("law", #"target: "sin(3*x)""#), ("data", "data: {points: [[0, 1], [0.5, 2], [0.75, -1], [1, 0.5]]}")].map {
      FrozenCase(
        name: "until of adam on \($0)", problem: $1,
        training:
          "optimizer: adam, learning-rate: 0.05, steps: 60, batch: {size: 3}, until: {risk-at-most: 0.3, every: 4}")
    }
}
