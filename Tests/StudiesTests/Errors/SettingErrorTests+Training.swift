extension SettingErrorTests {
  static let trainingCases: [(arguments: [String], message: String)] = [
    (
      ["training.optimizer=adm"],
      """
      --set training.optimizer: training.optimizer must be sgd, momentum, momentum-averaged, nesterov, \
      nesterov-look-ahead, adagrad, rmsprop, adadelta, adam, adamw, amsgrad, amsgrad-uncorrected, adamax, \
      adamax-unsmoothed, nadam, nadam-constant, averaged-sgd, population or gradient-flow, or a mapping with a setting, such as \
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
      """
      2 mistakes:
      --set training.optimizer: training.optimizer.adam.beta3 is not a key here; did you mean "beta1"?
      --set training.optimizer: training.optimizer.adam.beta1 must be a number from 0 to 1, 1 not included (it is 1)
      """
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
      adamax-unsmoothed, nadam, nadam-constant, averaged-sgd, population or gradient-flow, or a mapping with a setting, such as \
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
      ["training.optimizer=gradient-flow", "training.batch.size=5", "training.clipping={norm: 1}"],
      """
      2 mistakes:
      inner.yaml:19: training.batch has no effect with the optimizer gradient-flow, which uses the exact gradient of the \
      risk and draws no mini-batches; leave it out
      --set training.clipping: training.clipping is for the steps of descents, and the optimizer gradient-flow takes none: \
      it follows the flow for the flow time that the learning rate says; leave it out, or use the optimizer population
      """
    ),
    (
      ["training.optimizer={gradient-flow: {momentum: 0.9}}"],
      """
      --set training.optimizer: training.optimizer.gradient-flow.momentum is not a key here; the keys here are method, \
      tolerance and steps
      """
    ),
    (
      ["training.optimizer={gradient-flow: {method: euler, tolerance: 1, steps: 0}}"],
      """
      3 mistakes:
      --set training.optimizer: training.optimizer.gradient-flow.method must be auto, dormand-prince, bogacki-shampine or \
      rkc2 (it is "euler")
      --set training.optimizer: training.optimizer.gradient-flow.tolerance must be a number from 1e-13 to 0.1 (it is 1)
      --set training.optimizer: training.optimizer.gradient-flow.steps must be a whole number from 1 to 4294967295 (it is 0)
      """
    ),
    (
      ["training.optimizer=gradient-flow", "training.precision=float32"],
      """
      --set training.precision: training.precision: the optimizer gradient-flow follows the flow in double precision (it is \
      "float32"); leave it out
      """
    ),
    (
      ["training.optimizer=gradient-flow", "problem.input={normal: {dimension: 4}}", "problem.target=x1"],
      """
      --set training.optimizer: training.optimizer: gradient-flow needs the exact gradient, which there is for input laws of \
      at most 3 dimensions and for data sets (the law has 4); use another optimizer, such as sgd
      """
    ),
    (
      ["training.learning-rate={geometric: {first: 0}}"],
      """
      2 mistakes:
      --set training.learning-rate: training.learning-rate.geometric.first must be a finite number greater than 0 (it is 0)
      --set training.learning-rate: training.learning-rate.geometric.total is missing; it must be a finite number greater \
      than 0
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
      "--set training.clipping: training.clipping must be a mapping with the keys norm and delta (it is 1); write {norm: 1}"
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
      2 mistakes:
      --set training.learning-rate: training.learning-rate.step-decay.factor is missing; it must be a number from 0 \
      to 1, 0 not included
      --set training.learning-rate: training.learning-rate.step-decay.every is missing; it must be a whole number from 1 \
      to 10000000
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
      constant, step-decay, polynomial-decay, cosine and geometric
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
      "--set trajectory: trajectory must be a mapping with the keys checkpoints and trials (it is \"log\"); write {checkpoints: log}"
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
