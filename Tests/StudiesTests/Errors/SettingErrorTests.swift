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
      """
      2 mistakes:
      --set problem.target: problem.target.affin is not a key here; did you mean "affine"?
      --set problem.target: problem.target.affine.weights must have one number for each coordinate of the input, 1 (it \
      has 2)
      """
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
}
