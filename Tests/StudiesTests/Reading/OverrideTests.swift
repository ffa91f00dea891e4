import Landscape
import Networks
import Problems
import Studies
import Testing

@Suite struct OverrideTests {
  private func sample(_ arguments: String...) throws -> Study {
    try parse(sampleText, overrides: arguments.map { try Override(argument: $0) })
  }

  @Test func values() throws {
    #expect(try sample("training.steps=500").family.training.steps.count == 500)
    #expect(try sample(" training.steps =5e2").family.training.steps.count == 500)
    #expect(try sample("network.hidden=[[32],[64]]").family.hidden == [[32], [64]])
    #expect(try sample("problem.target=x^2 + 2*x").text.contains("target: \"x^2 + 2 * x\"\n"))
    #expect(try sample("source=\"a = b\"").source == "a = b")
    // The later one of two counts.
    #expect(try sample("training.steps=500", "training.steps=7").family.training.steps.count == 7)
  }

  /// A mapping is replaced whole: what it leaves out gets its default.
  /// The value ~ leaves a key out.
  @Test func removals() throws {
    let study = try sample("training.batch.size=~", "sampling=~", "training.clipping=~", "problem.input = ~ ")
    #expect(
      study.family.training.miniBatch?.batchSize == 1024 && study.family.training.miniBatch?.batchStream == .independent
    )
    #expect(study.sampling == SamplingSettings(.trials([300]), seed: 0, confidence: 0.95))
    #expect(study.family.training.steps.clipping == nil)
    #expect(try sample("trajectory.trials=[1]", "trajectory=~").family.trajectory == nil)
    #expect(
      overrideFailure("training.steps=~")?.description
        == "inner.yaml:15: training.steps is missing; it must be a whole number from 1 to 10000000")
  }

  @Test func mappings() throws {
    #expect(try sample("training.batch={stream: shared}").family.training.miniBatch?.batchSize == 1024)
    #expect(try sample("training.batch.stream=shared").family.training.miniBatch?.batchSize == 64)
    #expect(try sample("sampling={trials: 1}").sampling.seed == 0)
    #expect(try sample("problem.input={uniform: [1, 2]}").family.problem.inputs == .law(.uniform(lower: 1, upper: 2)))
  }

  /// A key below a choice replaces the choice.
  @Test func choices() throws {
    let normal = try sample("verdict.stationary.gradient-norm-at-most=1e-6")
    #expect(normal.family.verdictRule.restingGradientNorm == 1e-6)
    let law = try sample("network.initial.inner-weights.constant=2").family.initialization.laws[
      BlockName("inner-weights")]
    #expect(law?.expressions.map(\.text) == ["2"])
    // Even one that is wrong in the file.
    let repaired = try parse(
      StudiesTests.sample(line: 10, "    inner-weights: 3"),
      overrides: [Override(key: "network.initial.inner-weights.normal", value: "1")])
    #expect(repaired.family.initialization.laws[BlockName("inner-weights")]?.expressions.map(\.text) == ["1"])
  }

  /// Keys and mappings that the file leaves out are added.
  @Test func additions() throws {
    let text = StudiesTests.sample(line: 23, nil)
    #expect(try parse(text, overrides: [Override(key: "sampling.trials", value: "9")]).sampling.plan == .trials([9]))
    let withoutSteps = StudiesTests.sample(line: 18, nil)
    #expect(
      try parse(withoutSteps, overrides: [Override(key: "training.steps", value: "9")]).family.training.steps.count == 9
    )
    // A mapping that an override begins is not to blame for what is missing in it.
    let onlyName = "study: a"
    let error = failure(onlyName, overrides: [Override(key: "problem.input", value: "{uniform: [0, 2]}")])
    #expect(
      error?.description
        == """
        4 mistakes:
        inner.yaml: problem.target is missing; it must be an expression in x, such as "x^4 * sin(x)", or a mapping \
        with one of the keys piecewise-polynomial, affine or teacher, such as {affine: {weights: [2], constant: 1}}
        inner.yaml: network is missing; it must be a mapping with the keys activation, hidden, initial and trainable
        inner.yaml: training is missing; it must be a mapping with the keys optimizer, clipping, learning-rate, steps, \
        batch, until, precision and kernel
        inner.yaml: verdict is missing; it must be a mapping with the keys good and stationary
        """)
  }

  /// Errors of the file come before those of overrides, these before missing keys.
  @Test func order() {
    let overrides = [Override(key: "sampling.seed", value: "-1"), Override(key: "training.steps", value: "x")]
    let text = StudiesTests.sample(line: 21, nil)
    #expect(failure(text, overrides: overrides)?.source == "--set sampling.seed")
    #expect(failure(text)?.key == "verdict.good")
    #expect(failure(StudiesTests.sample(line: 14, "  trainable: 3"), overrides: overrides)?.line == 14)
    // In the file, the line decides.
    #expect(failure(StudiesTests.sample(line: 14, "  trainable: 3\n  hiden: 3\ntrainng: 3"))?.line == 14)
    #expect(failure(StudiesTests.sample(line: 2, "sorce: 3\nsampling.seed: -1\n7: 1"))?.line == 2)
  }

  @Test func option() {
    let override = Override(key: "sampling.trials", value: "-5", option: "--trials")
    #expect(
      failure(sampleText, overrides: [override])?.description
        == "--trials: sampling.trials must be a whole number from 1 to 1099511627776 = 2^40 (it is -5)")
  }
}
