import Studies
import Testing

/// The literal text of errors in the settings of problem, network and training, all by `--set KEY=VALUE`.
@Suite struct SettingErrorTests {
  @Test(arguments: problemCases) func problem(arguments: [String], message: String) { check(arguments, message) }

  @Test(arguments: networkCases) func network(arguments: [String], message: String) { check(arguments, message) }

  @Test(arguments: trainingCases) func training(arguments: [String], message: String) { check(arguments, message) }

  private func check(_ arguments: [String], _ message: String) {
    do throws(StudyError) {
      var overrides: [Override] = []
      for argument in arguments { overrides.append(try Override(argument: argument)) }
      let error = failure(sampleText, overrides: overrides)
      #expect(error?.description == message)
    } catch {
      Issue.record("\(error)")
    }
  }

  /// The digits of a digest.
  private static let zeros = String(repeating: "0", count: 64)

  static let problemCases: [(arguments: [String], message: String)] = [
    (
      ["problem.input={box: [[0, 1], [2]]}"],
      "--set problem.input: problem.input.box: coordinate 2 must be a list [lower, upper] (it is [2])"
    ),
    (
      ["problem.input={box: [[0, 1], [2, 1]]}"],
      """
      --set problem.input: problem.input.box, coordinate 2: the lower bound must be less than the upper bound (the \
      bounds are 2 and 1)
      """
    ),
    (
      ["problem.input={box: 3}"],
      """
      --set problem.input: problem.input.box must be a list with one [lower, upper] a coordinate, such as [[0, 1], \
      [-1, 1]] (it is 3)
      """
    ),
    (
      ["problem.input={normal: {standard-deviation: 0}}"],
      "--set problem.input: problem.input.normal.standard-deviation must be a finite number greater than 0 (it is 0)"
    ),
    (
      ["problem.input={normal: {mean: 1e6, standard-deviation: 1e-6}}"],
      """
      --set problem.input: problem.input.normal: within 8 standard deviations of the mean there must be at least \
      65536 finite single precision numbers (that is from 999999.999992 to 1000000.000008); rescale the input
      """
    ),
    (
      ["problem.input={normal: {dimension: 101}}"],
      "--set problem.input: problem.input.normal.dimension must be a whole number from 1 to 100 (it is 101)"
    ),
    (
      ["problem.input={density: {breaks: [0, 1], pieces: [[2]]}}"],
      "--set problem.input: problem.input.density integrates to 2.0, not to 1; multiply all coefficients by 0.5"
    ),
    (
      ["problem.input={density: {breaks: [0, 1], pieces: [[2, -3]]}}"],
      "--set problem.input: problem.input.density is negative: -1.0 at x = 1.0, in piece 1; a density is at least 0"
    ),
    (
      ["problem.input={density: {breaks: [0, 1, 0.5], pieces: [[1], [1]]}}"],
      "--set problem.input: problem.input.density.breaks must increase (after 1 comes 0.5)"
    ),
    (
      ["problem.input={density: {breaks: [0, 1], pieces: [[1], [1]]}}"],
      """
      --set problem.input: problem.input.density.pieces must have one list of coefficients between each two breaks, \
      1 for 2 breaks (it has 2)
      """
    ),
    (
      ["problem.input={density: {breaks: [0, 1], pieces: [[]]}}"],
      """
      --set problem.input: problem.input.density.pieces must be a list of lists of numbers, such as [[0, 4], [4, \
      -4]] (here is [])
      """
    ),
    (
      ["problem.input={density: {breaks: [0, \"1/0\"], pieces: [[1]]}}"],
      "--set problem.input: problem.input.density.breaks: the numbers must be finite (\"1/0\" is inf)"
    ),
    (
      ["problem.input={normal: {dimension: 2}}", "problem.target=x1 + x3"],
      "--set problem.target: problem.target uses x3, and the input has 2 coordinates, x1 and x2"
    ),
    (
      ["problem.input={normal: {dimension: 2}}", "problem.target=x"],
      "--set problem.target: problem.target uses x, and the input has 2 coordinates, x1 and x2"
    ),
    (
      ["problem.target=x1"],
      "--set problem.target: problem.target uses x1, and the input has one coordinate, x"
    ),
    (
      ["problem.input={normal: {dimension: 40}}", "problem.target=x1 + y"],
      """
      --set problem.target: problem.target: unknown name "y" in column 6; the names known here are x1, x2, x3, ..., \
      x39, x40, pi and the functions sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max
          x1 + y
               ^
      """
    ),
    (
      ["problem.target={affine: {weights: [1, 2]}}"],
      """
      --set problem.target: problem.target.affine.weights must have one number for each coordinate of the input, 1 \
      (it has 2)
      """
    ),
    (
      ["problem.target={affin: {weights: [1, 2]}}"],
      "--set problem.target: problem.target.affin is not a key here; did you mean \"affine\"?"
    ),
    (
      [
        "problem.target={piecewise-polynomial: {breaks: [0, 1], pieces: [[1]]}}",
        "problem.input={normal: {dimension: 2}}",
      ],
      """
      --set problem.target: problem.target.piecewise-polynomial is a function of one variable, and the input has 2 \
      coordinates
      """
    ),
    (
      ["problem.target={teacher: {hidden: [2], parameters: [1, 2]}}"],
      """
      --set problem.target: problem.target.teacher.parameters must be the 7 numbers of the network, layer by layer \
      the weights of each neuron, then the biases (it has 2)
      """
    ),
    (
      ["problem.target={teacher: {hidden: [2]}}"],
      """
      --set problem.target: problem.target.teacher needs parameters, the numbers of the network, or initial, the \
      laws to draw them from
      """
    ),
    (
      ["problem.target={teacher: {hidden: 2}}"],
      "--set problem.target: problem.target.teacher.hidden must be a list of widths, such as [4] (it is 2)"
    ),
    (
      ["problem.target={teacher: {hidden: [2], parameters: [1, 2, 3, 4, 5, 6, 7], initial: pytorch}}"],
      """
      --set problem.target: problem.target.teacher has both parameters and initial; give the numbers of the network, \
      or the laws to draw them from
      """
    ),
    (
      ["problem.target={teacher: {hidden: [2], parameters: [1, 2, 3, 4, 5, 6, 7], seed: 1}}"],
      "--set problem.target: problem.target.teacher.seed is for parameters that are drawn; leave it out"
    ),
    (
      ["problem.target={teacher: {hidden: [2, 2], initial: {inner-weights: he-normal}}}"],
      """
      --set problem.target: problem.target.teacher.initial.inner-weights is not a key here; the parameter blocks of \
      these networks are layer-1-weights, layer-1-biases, layer-2-weights, ..., weights and biases
      """
    ),
    (
      ["problem.target={teacher: {hidden: [2], initial: {weights: {normal: -1}, biases: {constant: 0}}}}"],
      """
      --set problem.target: problem.target.teacher.initial.weights.normal must be a standard deviation from 0 to \
      1.8e308 (it is -1)
      """
    ),
    (
      ["problem.target={teacher: {hidden: [60000, 60000], initial: pytorch}}"],
      """
      --set problem.target: problem.target.teacher has 3600240001 parameters; at most 100000 are possible, because \
      it is computed for every input
      """
    ),
    (
      ["problem.evaluation-points=100"],
      """
      --set problem.evaluation-points: problem.evaluation-points is for input laws of more than 3 dimensions; the \
      risk over so few coordinates is computed without it, leave it out
      """
    ),
    (
      ["problem.data={points: [[1], [2, 3]]}"],
      """
      --set problem.data: problem.data.points: all points must have the same number of numbers (point 1 has 1, point \
      2 has 2)
      """
    ),
    (
      ["problem.data={points: [[1, 2], [\"1e39\", 3]]}"],
      """
      --set problem.data: problem.data.points: the numbers must be finite in single precision (those of point 2 are \
      not)
      """
    ),
    (
      ["problem.data={points: []}"],
      """
      --set problem.data: problem.data.points must be a list of lists of numbers, such as [[0, 1], [0.5, 2]] (it is \
      [])
      """
    ),
    (
      ["problem.data={points: [[1, x]]}"],
      """
      --set problem.data: problem.data.points: unknown name "x" in column 1; the names known here are pi and the \
      functions sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max
          x
          ^
      """
    ),
    (
      ["problem.data={gaussian: {points: 5}}"],
      "--set problem.data: problem.data.gaussian.dimension is missing; it must be a whole number from 1 to 100"
    ),
    (
      ["problem.data={nearly-orthogonal: {points: 5, dimension: 4, noise: 0.1}}", "problem.target=x1"],
      """
      --set problem.data: problem.data.nearly-orthogonal.points must be at most the dimension, 4 (it is 5): each \
      point has a direction of its own
      """
    ),
    (
      [
        "problem.data={gaussian: {points: 5, dimension: 1}, sha256: \(zeros)}"
      ],
      "--set problem.data: problem.data.sha256 is the digest of a CSV file; leave it out"
    ),
    (
      ["problem.data={sha256: \(zeros)}"],
      """
      --set problem.data: problem.data must be a mapping with one of the keys csv, points, gaussian or \
      nearly-orthogonal, such as {csv: points.csv} (it has sha256)
      """
    ),
    (
      ["problem.data={csv: points.csv, sha256: 1234}"],
      "--set problem.data: problem.data.sha256 must be the 64 hexadecimal digits of a SHA-256 digest (it is 1234)"
    ),
    (
      ["problem.data={csv: /no/such/points.csv}"],
      """
      --set problem.data: problem.data.csv: /no/such/points.csv: the data file cannot be read: No such file or \
      directory
      """
    ),
    (
      ["problem={data: {points: [[1]]}}"],
      "--set problem: problem.data.points: point 1 has no label, and there is no problem.target; write [x, label]"
    ),
    (
      ["problem={data: {points: [[1, 2]]}, input: {uniform: [0, 1]}}"],
      """
      --set problem: problem.input and problem.data exclude each other: the inputs are drawn from a law or are the \
      points of a data set; leave one of them out
      """
    ),
    (
      ["problem={data: {gaussian: {points: 5, dimension: 2}}}"],
      """
      --set problem: problem.target is missing; it must be an expression in x, such as "x^4 * sin(x)", or a mapping \
      with one of the keys piecewise-polynomial, affine or teacher, such as {affine: {weights: [2], constant: 1}}
      """
    ),
    (
      [
        "problem.data={csv: {sha256: \(zeros), points: 3, dimension: 1}}"
      ],
      """
      --set problem.data: problem.data.csv must be the path of a file (it is a mapping, as in the definition of a \
      ledger)
      """
    ),
  ]

  static let networkCases: [(arguments: [String], message: String)] = [
    (
      ["network.activation=gleu"],
      """
      --set network.activation: network.activation must be relu, leaky-relu, clipping, identity, logistic, tanh, \
      softplus, gelu, silu, elu, softsign, sine or threshold-straight-through, or a mapping with a setting, such as \
      {leaky-relu: 0.01} (it is "gleu"); did you mean "gelu"?
      """
    ),
    (
      ["network.activation={relu: 1}"],
      """
      --set network.activation: network.activation.relu is not a key here; relu has no settings, write activation: \
      relu
      """
    ),
    (
      ["network.activation={elu: 0}"],
      "--set network.activation: network.activation.elu must be a finite number greater than 0 (it is 0)"
    ),
    (
      ["network.activation={leaky-relu: x}"],
      "--set network.activation: network.activation.leaky-relu must be a finite number (it is \"x\")"
    ),
    (
      ["network.activation={leaky-relu: 1, elu: 1}"],
      """
      --set network.activation: network.activation must be relu, leaky-relu, clipping, identity, logistic, tanh, \
      softplus, gelu, silu, elu, softsign, sine or threshold-straight-through, or a mapping with a setting, such as \
      {leaky-relu: 0.01} (it has leaky-relu and elu)
      """
    ),
    (
      ["network.initial=he-normal"],
      """
      --set network.initial: network.initial must be pytorch, or a mapping with the keys inner-weights, \
      inner-biases, outer-weights, outer-bias, weights and biases, or a starting point with the keys point, saddle, \
      distance and first-kink (it is "he-normal"); what are the biases? Write {weights: he-normal, biases: \
      {constant: 0}} for biases 0
      """
    ),
    (
      ["network.initial=torch"],
      """
      --set network.initial: network.initial must be pytorch, or a mapping with the keys inner-weights, \
      inner-biases, outer-weights, outer-bias, weights and biases, or a starting point with the keys point, saddle, \
      distance and first-kink (it is "torch")
      """
    ),
    (
      ["network.initial={weights: pytorch}"],
      """
      --set network.initial: network.initial.biases is missing; it must be he-normal, he-uniform, xavier-normal, \
      xavier-uniform, lecun-normal, lecun-uniform or pytorch, or a mapping with one of these or normal, half-normal, \
      uniform, constant or large-bias as its key, such as {normal: "h^(-1/2)"}
      """
    ),
    (
      ["network.initial={inner-weights: pytorch, biases: pytorch}"],
      """
      --set network.initial: network.initial.outer-weights is missing; it must be he-normal, he-uniform, \
      xavier-normal, xavier-uniform, lecun-normal, lecun-uniform or pytorch, or a mapping with one of these or \
      normal, half-normal, uniform, constant or large-bias as its key, such as {normal: "h^(-1/2)"}
      """
    ),
    (
      ["network.initial={weights: pytorch, biases: pytorch, inner-weights: pytorch, outer-weights: pytorch}"],
      """
      --set network.initial: network.initial.weights has no effect, because all weights have laws of their own; \
      leave it out
      """
    ),
    (
      ["network.initial={weights: pytorch, biases: pytorch, layer-2-weights: pytorch}"],
      """
      --set network.initial: network.initial.layer-2-weights is not a key here; the parameter blocks of these \
      networks are inner-weights, inner-biases, outer-weights, outer-bias, weights and biases
      """
    ),
    (
      ["network.initial={weights: he_normal, biases: pytorch}"],
      """
      --set network.initial: network.initial.weights must be he-normal, he-uniform, xavier-normal, xavier-uniform, \
      lecun-normal, lecun-uniform or pytorch, or a mapping with one of these or normal, half-normal, uniform, \
      constant or large-bias as its key, such as {normal: "h^(-1/2)"} (it is "he_normal"); did you mean "he-normal"?
      """
    ),
    (
      ["network.initial={weights: {he-normal: -1}, biases: pytorch}"],
      """
      --set network.initial: network.initial.weights.he-normal must be a gain from 0 to 3.4e38 in every cell (it is \
      -1 in cell 5)
      """
    ),
    (
      ["network.initial={weights: {pytorch: 1e39}, biases: pytorch}"],
      """
      --set network.initial: network.initial.weights.pytorch must be a gain from 0 to 3.4e38 in every cell (it is \
      1e39 in cell 5)
      """
    ),
    (
      ["network.initial={weights: {normal: h2}, biases: pytorch}"],
      """
      --set network.initial: network.initial.weights.normal: unknown name "h2" in column 1; did you mean "h1"?
          h2
          ^
      """
    ),
    (
      ["network.hidden=[[2, 3], [4]]"],
      """
      inner.yaml:10: network.initial.inner-weights is not a key here; the parameter blocks of these networks are \
      weights and biases
      """
    ),
    (
      ["network.hidden=[[2, 3], [4]]", "network.initial=pytorch"],
      "inner.yaml:14: network.trainable may list weights and biases (here is \"inner-biases\")"
    ),
    (
      [
        "network.hidden=[[2, 3]]", "network.initial={weights: pytorch, layer-4-biases: pytorch}",
        "network.trainable=[weights]",
      ],
      """
      --set network.initial: network.initial.layer-4-biases is not a key here; the parameter blocks of these \
      networks are layer-1-weights, layer-1-biases, layer-2-weights, ..., weights and biases
      """
    ),
    (
      ["network.hidden=[[65536, 65536]]", "network.initial=pytorch", "network.trainable=[weights]"],
      """
      --set network.hidden: network.hidden: the networks of cell 65536-65536 have 4295229441 parameters, and at most \
      134217728 are possible
      """
    ),
    (
      [
        "network.hidden=[[\(Array(repeating: "2", count: 101).joined(separator: ", "))]]"
      ],
      "--set network.hidden: network.hidden: entry 1 has 101 hidden layers; networks have at most 100"
    ),
    (
      ["network.trainable=[biases, inner-biases]"],
      """
      --set network.trainable: network.trainable lists inner-biases, which is one of the biases it also lists; keep \
      one of them
      """
    ),
    (
      ["network.trainable=[layer-2-biases]"],
      """
      --set network.trainable: network.trainable may list inner-weights, inner-biases, outer-weights, outer-bias, \
      weights and biases (here is "layer-2-biases")
      """
    ),
  ]

  static let trainingCases: [(arguments: [String], message: String)] = [
    (
      ["training.optimizer=adm"],
      """
      --set training.optimizer: training.optimizer must be sgd, momentum, momentum-averaged, nesterov, \
      nesterov-look-ahead, adagrad, rmsprop, adadelta, adam, adamw, amsgrad, amsgrad-uncorrected, adamax, \
      adamax-unsmoothed, nadam, nadam-constant, averaged-sgd or population, or a mapping with a setting, such as \
      {adam: {beta1: 0.9}} (it is "adm"); did you mean "adam"?
      """
    ),
    (
      ["training.optimizer={adm: {}}"],
      "--set training.optimizer: training.optimizer.adm is not a key here; did you mean \"adam\"?"
    ),
    (
      ["training.optimizer={adam: {beta1: 1}}"],
      "--set training.optimizer: training.optimizer.adam.beta1 must be a number from 0 to 1, 1 not included (it is 1)"
    ),
    (
      ["training.optimizer={adam: {beta3: 1}}"],
      "--set training.optimizer: training.optimizer.adam.beta3 is not a key here; did you mean \"beta1\"?"
    ),
    (
      ["training.optimizer={adam: {epsilon: 0}}"],
      "--set training.optimizer: training.optimizer.adam.epsilon must be a finite number greater than 0 (it is 0)"
    ),
    (
      ["training.optimizer={adam: {epsilon: 1e-50}}"],
      """
      --set training.optimizer: training.optimizer.adam.epsilon must be at least 1.1e-19 in single precision (it is \
      1e-50); or set training.precision to float64
      """
    ),
    (
      ["training.optimizer={adam: {epsilon: 1e-155}}", "training.precision=float64"],
      "--set training.optimizer: training.optimizer.adam.epsilon must be at least 1.5e-154 in double precision (it is "
        + "1e-155)"
    ),
    (
      ["training.optimizer={adamw: {weight-decay: -1}}"],
      """
      --set training.optimizer: training.optimizer.adamw.weight-decay must be a finite number, 0 or greater (it is -1)
      """
    ),
    (
      ["training.optimizer={sgd: {}}"],
      "--set training.optimizer: training.optimizer.sgd is not a key here; sgd has no settings, write optimizer: sgd"
    ),
    (
      ["training.optimizer={adam: {}, momentum: {}}"],
      """
      --set training.optimizer: training.optimizer must be sgd, momentum, momentum-averaged, nesterov, \
      nesterov-look-ahead, adagrad, rmsprop, adadelta, adam, adamw, amsgrad, amsgrad-uncorrected, adamax, \
      adamax-unsmoothed, nadam, nadam-constant, averaged-sgd or population, or a mapping with a setting, such as \
      {adam: {beta1: 0.9}} (it has adam and momentum)
      """
    ),
    (
      ["training.optimizer.sgd.momentum=0.5"],
      """
      --set training.optimizer.sgd.momentum: training.optimizer.sgd is not a key here; sgd has no settings, write \
      optimizer: sgd
      """
    ),
    (
      ["training.optimizer=population", "training.batch.size=5"],
      """
      inner.yaml:19: training.batch has no effect with the optimizer population, which uses the exact gradient of \
      the risk and draws no mini-batches; leave it out
      """
    ),
    (
      ["training.optimizer=population", "problem.input={normal: {dimension: 4}}", "problem.target=x1"],
      """
      --set training.optimizer: training.optimizer: population needs the exact gradient, which there is for input laws of \
      at most 3 dimensions and for data sets (the law has 4); use another optimizer, such as sgd
      """
    ),
    (
      ["training.optimizer={adam: {}}", "training.precision=double"],
      """
      --set training.precision: training.precision must be float32 or float64 (it is "double"); did you mean "float64"?
      """
    ),
    (
      ["training.kernel=dense"],
      """
      --set training.kernel: training.kernel must be auto, shallow, piecewise-linear, dense-neurons or \
      dense-networks (it is "dense"); did you mean "dense-neurons" or "dense-networks"?
      """
    ),
    (
      ["training.optimizer=population", "training.kernel=shallow"],
      """
      --set training.kernel: training.kernel has no effect with the optimizer population, which uses the exact \
      gradient of the risk and draws no mini-batches; leave it out
      """
    ),
    (
      ["training.clipping=1"],
      "--set training.clipping: training.clipping must be a mapping with the keys norm and delta (it is 1)"
    ),
    (
      ["training.clipping={delta: 0.1}"],
      "--set training.clipping: training.clipping.norm is missing; it must be a finite number greater than 0"
    ),
    (
      ["training.clipping={norm: 0}"],
      "--set training.clipping: training.clipping.norm must be a finite number greater than 0 (it is 0)"
    ),
    (
      ["training.clipping={norm: 1, delta: 1}"],
      "--set training.clipping: training.clipping.delta must be a number from 0 to 1, 1 not included (it is 1)"
    ),
    (
      ["training.learning-rate={step-decay: {initial: 0.1}}"],
      """
      --set training.learning-rate: training.learning-rate.step-decay.factor is missing; it must be a number from 0 \
      to 1, 0 not included
      """
    ),
    (
      ["training.learning-rate={step-decay: {initial: 0.1, factor: 2, every: 5}}"],
      """
      --set training.learning-rate: training.learning-rate.step-decay.factor must be a number from 0 to 1, 0 not \
      included (it is 2)
      """
    ),
    (
      ["training.learning-rate={warm-up: {steps: 5, then: {warm-up: {steps: 3, then: 1}}}}"],
      """
      --set training.learning-rate: training.learning-rate.warm-up.then.warm-up is not a key here; the keys here are \
      constant, step-decay, polynomial-decay and cosine
      """
    ),
    (
      ["training.learning-rate={cosine: 0.1}"],
      """
      --set training.learning-rate: training.learning-rate.cosine must be a mapping with the keys initial, final and \
      steps (it is 0.1)
      """
    ),
    (
      ["training.learning-rate={cosin: {initial: 0.1}}"],
      "--set training.learning-rate: training.learning-rate.cosin is not a key here; did you mean \"cosine\"?"
    ),
    (
      ["training.learning-rate={warm-up: {steps: 5, then: n +}}"],
      """
      --set training.learning-rate: training.learning-rate.warm-up.then: missing operand in column 4, after "+"; \
      write a number, a name or "("
          n +
             ^
      """
    ),
    (
      ["training.batch.sampling=full"],
      """
      --set training.batch.sampling: training.batch.sampling is for the points of problem.data; inputs of a law are \
      drawn anew, leave it out
      """
    ),
    (
      [
        "problem.data={points: [[1], [2]]}", "problem.target=x",
        "training.batch={size: 5, sampling: without-replacement}",
      ],
      """
      --set training.batch: training.batch.size must be at most the number of points, 2, with sampling: \
      without-replacement (it is 5)
      """
    ),
    (
      ["problem.data={points: [[1], [2]]}", "problem.target=x", "training.batch={size: 1, sampling: full}"],
      """
      --set training.batch: training.batch.size has no effect with sampling: full, where every step sees all points; \
      leave it out
      """
    ),
    (
      ["training.precision=float16"],
      """
      --set training.precision: training.precision must be float32 or float64 (it is "float16"); did you mean \
      "float32"?
      """
    ),
    (
      ["training.kernel=piecewise"],
      """
      --set training.kernel: training.kernel must be auto, shallow, piecewise-linear, dense-neurons or \
      dense-networks (it is "piecewise"); did you mean "piecewise-linear"?
      """
    ),
    (
      ["training.kernel=shallow", "network.activation=tanh"],
      """
      --set training.kernel: training.kernel: shallow trains networks with one hidden layer and the activation relu, \
      leaky-relu or clipping on a scalar input with a law, so not cell 5 of this study; leave the key out to have \
      dense-networks
      """
    ),
    (
      ["training.kernel=shallow", "network.hidden=[[4, 4]]", "network.initial=pytorch", "network.trainable=[weights]"],
      """
      --set training.kernel: training.kernel: shallow trains networks with one hidden layer and the activation relu, \
      leaky-relu or clipping on a scalar input with a law, so not cell 4-4 of this study; leave the key out to have \
      dense-networks
      """
    ),
    (
      ["training.kernel=piecewise-linear", "problem.data={points: [[1], [2]]}", "problem.target=x"],
      """
      --set training.kernel: training.kernel: piecewise-linear trains networks with the activation relu, leaky-relu \
      or clipping on a scalar input with a law, so not cell 5 of this study; leave the key out to have dense-networks
      """
    ),
    (
      ["training.kernel=piecewise-linear", "problem.input={normal: {dimension: 2}}", "problem.target=x1"],
      """
      --set training.kernel: training.kernel: piecewise-linear trains networks with the activation relu, leaky-relu \
      or clipping on a scalar input with a law, so not cell 5 of this study; leave the key out to have dense-networks
      """
    ),
    (
      ["training.precision=float64", "network.initial={weights: {normal: 1e39}, biases: {normal: \"exp(1000)\"}}"],
      """
      --set network.initial: network.initial.biases.normal must be a standard deviation from 0 to 1.8e308 in every \
      cell (it is inf in cell 5)
      """
    ),
    (
      ["trajectory=log"],
      "--set trajectory: trajectory must be a mapping with the keys checkpoints and trials (it is \"log\")"
    ),
    (
      ["trajectory={checkpoints: lgo}"],
      """
      --set trajectory: trajectory.checkpoints must be log, or a list of increasing whole numbers from 0 to \
      10000000, such as [0, 10, 100, 1000] (it is "lgo")
      """
    ),
    (
      ["trajectory={checkpoints: []}"],
      "--set trajectory: trajectory.checkpoints must list 1 to 1000 steps (it lists 0)"
    ),
    (
      ["trajectory={checkpoints: [0, 1001]}"],
      "--set trajectory: trajectory.checkpoints: checkpoint 1001 comes after the last step, 1000"
    ),
    (
      ["trajectory={checkpoints: [5, 5]}"],
      "--set trajectory: trajectory.checkpoints: the numbers must increase (after 5 comes 5)"
    ),
    (
      ["trajectory={checkpoints: [0, 1.5]}"],
      """
      --set trajectory: trajectory.checkpoints must be log, or a list of increasing whole numbers from 0 to \
      10000000, such as [0, 10, 100, 1000] (here is 1.5)
      """
    ),
    (
      [
        "trajectory={checkpoints: log}", "network.hidden=[[4000, 4000]]",
        "network.initial={weights: he-normal, biases: {constant: 0}}", "network.trainable=[weights, biases]",
      ],
      """
      --set trajectory: trajectory: 24 checkpoints of 16016001 parameters (cell 4000-4000) take 2932 MiB of memory a \
      thread, and at most 2048 MiB are possible; take fewer checkpoints
      """
    ),
    (
      ["trajectory={trials: [-1]}"],
      """
      --set trajectory: trajectory.trials must be a list of increasing whole numbers from 0 to 1099511627775, such \
      as [0, 1] (here is -1)
      """
    ),
    (
      ["trajectory={trial: [1]}"],
      "--set trajectory: trajectory.trial is not a key here; did you mean \"trials\"?"
    ),
  ]
}
