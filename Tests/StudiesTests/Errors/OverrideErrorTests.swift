import Studies
import Testing

/// The literal text of errors in `--set KEY=VALUE`.
@Suite struct OverrideErrorTests {
  @Test(arguments: cases) func error(argument: String, message: String, key: String?) {
    let error = overrideFailure(argument)
    #expect(error?.description == message)
    #expect(error?.key == key)
    #expect(error?.line == nil)
  }

  static let cases: [(argument: String, message: String, key: String?)] = [
    (
      "training.steps=-5",
      "--set training.steps: training.steps must be a whole number from 1 to 10000000 (it is -5)",
      "training.steps"
    ),
    (
      "training.optimizer={adam: {momentum: 0.9}}",
      "--set training.optimizer: training.optimizer.adam.momentum is not a key here; the keys here are beta1, beta2 and "
        + "epsilon",
      "training.optimizer.adam.momentum"
    ),
    (
      "training.optimizer={adam: {epsilon: 1e300}}",
      "--set training.optimizer: training.optimizer.adam.epsilon must be at most 3.4e38 in single precision (it is "
        + "1e300); or set training.precision to float64",
      "training.optimizer.adam.epsilon"
    ),
    (
      "training.step=5",
      "--set training.step: training.step is not a key here; did you mean \"steps\"?",
      "training.step"
    ),
    (
      "steps=5",
      "--set steps: steps is not a key here; \"steps\" belongs under \"training\" or \"limit\"",
      "steps"
    ),
    (
      "training.steps.x=5",
      "--set training.steps.x: training.steps.x is not a key of a study; training.steps has no keys below it",
      "training.steps.x"
    ),
    (
      "x=",
      """
      --set x: x is not a key here; the keys here are study, source, problem, network, training, verdict, limit, trajectory, \
      vary and sampling
      """,
      "x"
    ),
    (
      "training.steps=",
      "--set training.steps: training.steps has no value; it must be a whole number from 1 to 10000000",
      "training.steps"
    ),
    (
      "training.steps=[",
      "--set training.steps: a value is missing in column 1, or there is a comma, bracket or brace too many",
      "training.steps"
    ),
    (
      "training..steps=4",
      """
      --set training..steps: training..steps has an empty part; the parts of a key are separated by one dot, such \
      as training.steps
      """,
      "training..steps"
    ),
    (
      ".steps=4",
      "--set .steps: .steps has an empty part; the parts of a key are separated by one dot, such as training.steps",
      ".steps"
    ),
    (
      "problem.data.points=[[.nan]]",
      "--set problem.data.points: problem.data.points: numbers must be finite (here is .nan)",
      "problem.data.points"
    ),
    (
      "problem.input.uniform=[0, +.Inf]",
      "--set problem.input.uniform: problem.input.uniform: numbers must be finite (here is +.Inf)",
      "problem.input.uniform"
    ),
    (
      "network.hidden=[5]",
      """
      --set network.hidden: network.hidden must be a list with one list of widths a cell, such as [[5], [20]] \
      (it is [5]); for a cell of each width write [[5]]
      """,
      "network.hidden"
    ),
    (
      "problem.target=x +",
      """
      --set problem.target: problem.target: missing operand in column 4, after "+"; write a number, a name or \
      "("
          x +
             ^
      """,
      "problem.target"
    ),
    (
      "source=a: b",
      "--set source: source must be text (it is a mapping)",
      "source"
    ),
    (
      "training=5",
      """
      --set training: training must be a mapping with the keys optimizer, clipping, learning-rate, steps, batch, until, \
      precision and kernel (it is 5)
      """,
      "training"
    ),
    (
      "problem.input=[0, 1]",
      """
      --set problem.input: problem.input must be a mapping with one of the keys uniform, box, normal or density, \
      such as {uniform: [0, 1]} (it is [0, 1]); write {uniform: [0, 1]}
      """,
      "problem.input"
    ),
    (
      "problem.input.uniform=[2,1]",
      """
      --set problem.input.uniform: problem.input.uniform: the lower bound must be less than the upper bound \
      (the bounds are 2 and 1)
      """,
      "problem.input.uniform"
    ),
    (
      "network.initial.inner-weights={nrmal: 1}",
      """
      --set network.initial.inner-weights: network.initial.inner-weights.nrmal is not a key here; did you mean \
      "normal"?
      """,
      "network.initial.inner-weights.nrmal"
    ),
    (
      "network.initial.inner-weights.nrmal=1",
      """
      --set network.initial.inner-weights.nrmal: network.initial.inner-weights.nrmal is not a key here; did \
      you mean "normal"?
      """,
      "network.initial.inner-weights.nrmal"
    ),
    (
      "network.initial.inner-weights={normal: \"-h\"}",
      """
      --set network.initial.inner-weights: network.initial.inner-weights.normal must be a standard deviation from 0 \
      to 3.4e38 in every cell (it is -5 in cell 5)
      """,
      "network.initial.inner-weights.normal"
    ),
    (
      "training.steps",
      "--set training.steps: it must be a key, \"=\" and a value, such as --set training.steps=500",
      nil
    ),
    (
      "=5",
      "--set =5: it must be a key, \"=\" and a value, such as --set training.steps=500",
      nil
    ),
    (
      "training.learning-rate=-1",
      """
      --set training.learning-rate: training.learning-rate must be from 0 to 3.4e38 at every step (it is -1 at \
      step 0 of cell 5)
      """,
      "training.learning-rate"
    ),
    (
      "training={}",
      """
      2 mistakes:
      --set training: training.learning-rate is missing; it must be an expression in n and h, such as "0.1 * \
      0.5^floor(n / 500)", or a mapping with one of the keys constant, step-decay, polynomial-decay, cosine, geometric or \
      warm-up, such as {step-decay: {initial: 0.1, factor: 0.5, every: 500}}
      --set training: training.steps is missing; it must be a whole number from 1 to 10000000
      """,
      "training.learning-rate"
    ),
    (
      "sampling.trials=2e12",
      """
      --set sampling.trials: sampling.trials must be a whole number from 1 to 1099511627776 = 2^40 (it is 2e12)
      """,
      "sampling.trials"
    ),
    (
      "foo=1",
      """
      --set foo: foo is not a key here; the keys here are study, source, problem, network, training, verdict, limit, \
      trajectory, vary and sampling
      """,
      "foo"
    ),
    (
      "training.batch.stream=sharde",
      """
      --set training.batch.stream: training.batch.stream must be independent or shared (it is "sharde"); did \
      you mean "shared"?
      """,
      "training.batch.stream"
    ),
    (
      "training.steps=5\n---\n6",
      "--set training.steps: a second YAML document starts here; a study file holds one study",
      "training.steps"
    ),
    (
      "training.steps=!!int 5",
      "--set training.steps: YAML tags (here \"!!int\") are not used in study files; leave the tag out",
      "training.steps"
    ),
    (
      "verdict.good=1",
      """
      --set verdict.good: verdict.good must be a mapping with one of the keys risk-at-most, excess-at-most or ratio-at-most, such as {risk-at-most: \
      1e-3} (it is 1); write {risk-at-most: 1}
      """,
      "verdict.good"
    ),
    (
      "trainig.steps=5",
      "--set trainig.steps: trainig is not a key here; did you mean \"training\"?",
      "trainig.steps"
    ),
  ]
}
