import Expressions
import Kernels
import Studies
import Testing
import Training

/// What the keys of training and trajectory say.
@Suite struct TrainingSchemaTests {
  @Test func optimizers() throws {
    func optimizer(_ value: String) throws -> Optimizer? {
      try study(("training.optimizer", value)).family.training.optimizer
    }
    for method in OptimizerMethod.allCases { #expect(try optimizer(method.rawValue) == Optimizer(method)) }
    #expect(try optimizer("{adam: {}}") == Optimizer(.adam))
    #expect(
      try optimizer("{adamw: {beta2: 0.99, weight-decay: 0}}")
        == Optimizer(.adamW, [.beta2: 0.99, .weightDecay: 0]))
    #expect(
      try study(("training.optimizer", "nadam")).text.contains(
        "\n  optimizer: {nadam: {beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum-decay: 0.004}}\n"))
    // A key below the optimizer in use keeps the others.
    let settings = [("training.optimizer", "{adam: {beta1: 0.5}}"), ("training.optimizer.adam.beta2", "0.25")]
    let two = try parse(sampleText, overrides: settings.map { Override(key: $0.0, value: $0.1) })
    #expect(two.family.training.optimizer == Optimizer(.adam, [.beta1: 0.5, .beta2: 0.25]))
    #expect(
      try study(("training.optimizer.momentum.momentum", "0.5")).family.training.optimizer
        == Optimizer(.momentum, [.momentum: 0.5]))
  }

  @Test func clipping() throws {
    #expect(
      try study(("training.clipping.norm", "2")).family.training.steps.clipping == GradientClipping(norm: 2, delta: 0))
    #expect(
      try study(("training.clipping", "{norm: 2, delta: 0.1}")).family.training.steps.clipping
        == GradientClipping(norm: 2, delta: 0.1))
  }

  @Test func schedules() throws {
    func rate(_ value: String) throws -> Expressions.Expression {
      try study(("training.learning-rate", value)).family.training.steps.learningRate
    }
    #expect(try rate("{constant: 0.1}").text == "0.1")
    #expect(
      try rate("{step-decay: {initial: 0.1, factor: 0.5, every: 30}}")
        == Schedule.stepDecay(initial: 0.1, factor: 0.5, every: 30).expression)
    // Steps are those of the study by default.
    #expect(
      try rate("{cosine: {initial: 0.1}}") == Schedule.cosine(initial: 0.1, final: 0, steps: 1000).expression)
    #expect(
      try rate("{polynomial-decay: {initial: 0.1, final: 0.01, power: 2, steps: 7}}")
        == Schedule.polynomialDecay(initial: 0.1, final: 0.01, power: 2, steps: 7).expression)
    #expect(
      try rate("{geometric: {total: 10}}") == Schedule.geometric(total: 10, first: 1e-3, steps: 1000).expression)
    #expect(
      try rate("{geometric: {total: 10, first: 0.5, steps: 7}}")
        == Schedule.geometric(total: 10, first: 0.5, steps: 7).expression)
    #expect(
      try rate("{warm-up: {steps: 10, then: \"1/(h+n)\"}}")
        == Schedule.warmUp(
          steps: 10, then: .expression(try Expression(parsing: "1/(h+n)", variables: ["n", "h"]))
        ).expression)
    #expect(
      try rate("{warm-up: {steps: 10, then: {cosine: {initial: 1}}}}")
        == Schedule.warmUp(steps: 10, then: .cosine(initial: 1, final: 0, steps: 1000)).expression)
  }

  @Test func batches() throws {
    let data = ("problem.data", "{points: [[1], [2], [3]]}")
    let target = ("problem.target", "x")
    func plan(_ value: String) throws -> MiniBatchPlan {
      try #require(try study(data, target, ("training.batch", value)).family.training.miniBatch)
    }
    #expect(try plan("{}").batchSize == 3 && plan("{}").dataSampling == .withReplacement)
    #expect(try plan("{size: 5}").batchSize == 5)
    #expect(try plan("{size: 2, sampling: without-replacement}").dataSampling == .withoutReplacement)
    #expect(try plan("{sampling: full}").batchSize == 3 && plan("{sampling: full}").dataSampling == .full)
    let full = try study(data, target, ("training.batch.sampling", "full"))
    #expect(full.family.training.miniBatch?.dataSampling == .full)
    #expect(full.text.contains("  batch: {sampling: full}\n"))
    #expect(
      full.notes == [
        "training.batch.size is dropped: with sampling: full every step sees all points",
        "training.batch.stream is dropped: with sampling: full every step sees all points",
        "problem.input is dropped: the inputs are the points of problem.data",
      ])
  }

  @Test func trialsThatAreNotThereYet() throws {
    let named = ("trajectory.trials", "[0, 7, 500]")
    #expect(
      try study(named, ("sampling.trials", "300")).notes == [
        "trajectory.trials names trial 500, but the trials are 0 to 299 (sampling.trials is 300); its trajectory is "
          + "kept only if the run is extended so far"
      ])
    #expect(try study(named, ("sampling.trials", "501")).notes.isEmpty)
  }

  /// Another optimizer drops what the file says about batches, and only that.
  @Test func population() throws {
    let study = try study(("training.optimizer", "population"))
    #expect(study.notes == ["training.batch is dropped: the optimizer population draws no mini-batches"])
    #expect(study.family.training.optimizer == nil)
    #expect(study.family.training.steps == (try parse(sampleText).family.training.steps))
    #expect(!study.text.contains("batch:"))
    #expect(study.cells.allSatisfy { !$0.definition.contains("kernel:") })
    #expect(try parse(study.text).cells.map(\.key) == study.cells.map(\.key))
    #expect(failure(study.text + "\n") == nil)
    #expect(try StudiesTests.study(("training.optimizer", "adam")).notes.isEmpty)
    let both = [
      Override(key: "training.optimizer", value: "population"), Override(key: "training.batch.size", value: "4"),
    ]
    #expect(failure(sampleText, overrides: both)?.key == "training.batch")
    #expect(failure(sample(line: 16, "  optimizer: population"))?.key == "training.batch")
  }

  /// What has its default stays out of the text; what has not is in text and cell.
  @Test func precisionAndKernel() throws {
    #expect(try study(("training.precision", "float32"), ("training.kernel", "auto")).text == parse(sampleText).text)
    let double = try study(("training.precision", "float64"))
    #expect(double.family.training.precision == .float64)
    #expect(double.cells[0].definition.contains("  precision: float64\n"))
    let forced = try study(("training.kernel", "dense-neurons"))
    #expect(
      forced.cells.allSatisfy { $0.kernel == .denseNeurons && $0.definition.hasSuffix("  kernel: dense-neurons\n") })
    // The automatic kernel, once asked for by name, is the same.
    let shallow = try study(("training.kernel", "shallow"))
    #expect(shallow.cells.map(\.key) == (try parse(sampleText)).cells.map(\.key))
    #expect(shallow.hash != (try parse(sampleText)).hash)
  }

  @Test func trajectories() throws {
    let byDefault = try study(("trajectory", "{}"))
    #expect(byDefault.family.trajectory == TrajectoryPlan(checkpoints: TrajectoryPlan.logarithmic(steps: 1000)))
    #expect(byDefault.text.contains("\ntrajectory: {checkpoints: log, trials: []}\n"))
    #expect(byDefault.hash != (try parse(sampleText)).hash)
    #expect(byDefault.cells.map(\.key) == (try parse(sampleText)).cells.map(\.key))
    let chosen = try study(("trajectory", "{checkpoints: [0, 10, 1000], trials: [3, 5]}"))
    #expect(chosen.family.trajectory == TrajectoryPlan(checkpoints: [0, 10, 1000], trials: [3, 5]))
  }

  /// The gradient flow: its settings, double precision, and checkpoints at all steps.
  @Test func gradientFlow() throws {
    let standard = try study(
      ("training.optimizer", "gradient-flow"), ("training.steps", "40"), ("trajectory", "{}")
    ).family
    guard case .flow(let plan) = standard.training else {
      Issue.record("\(standard.training)")
      return
    }
    #expect(plan.integrator == .automatic && plan.tolerance == 1e-6 && plan.mostSteps == 1_000_000)
    #expect(standard.training.precision == .float64 && standard.training.clock == .flow(steps: 40))
    #expect(standard.trajectory?.checkpoints == Array(0...40))
    let own = try study(
      ("training.optimizer", "{gradient-flow: {method: rkc2, tolerance: 1e-9, steps: 10}}"), ("training.steps", "1000"),
      ("trajectory", "{}")
    ).family
    guard case .flow(let plan) = own.training else {
      Issue.record("\(own.training)")
      return
    }
    #expect(plan.integrator == .chebyshev && plan.tolerance == 1e-9 && plan.mostSteps == 10)
    #expect(own.trajectory?.checkpoints == TrajectoryPlan.logarithmic(steps: 1000))
  }
}
