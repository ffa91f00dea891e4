import Expressions
import Kernels
import Networks
import Problems

extension StudyDecoder {
  private static let data = "problem.data"
  private static let input = "problem.input"

  mutating func problem() -> Problem? {
    guard entry("problem") != nil else { return nil }
    let inputs = inputs()
    let dimension = inputs.map { Problem(inputs: $0, target: nil).dimension }
    let target = target("problem.target", inputs: inputs, dimension: dimension)
    let points = integer("problem.evaluation-points")
    guard let inputs else { return nil }
    let problem = Problem(
      inputs: inputs, target: target, evaluationPoints: points.map(Int.init) ?? Problem.defaultEvaluationPoints)
    if points != nil, !problem.usesEvaluationSet, let entry = entry("problem.evaluation-points") {
      let reason = if case .data = inputs { "the risk over a data set" } else { "the risk over so few coordinates" }
      fail(
        "problem.evaluation-points", entry.place,
        "problem.evaluation-points is for input laws of more than \(Problem.largestQuadratureDimension) dimensions; "
          + "\(reason) is computed without it, leave it out")
      return nil
    }
    return isSmallEnough(problem) ? problem : nil
  }

  /// Whether what is computed once for the problem fits into ``StudyLimits``; otherwise that is an error.
  private mutating func isSmallEnough(_ problem: Problem) -> Bool {
    let key = "problem.evaluation-points"
    let points = problem.usesEvaluationSet ? problem.evaluationPoints : 0
    let numbers = points * problem.dimension
    guard numbers <= StudyLimits.evaluationNumbers else {
      fail(
        key, place(of: key),
        "\(key): \(points) points of \(problem.dimension) coordinates are \(numbers) numbers, and an evaluation set has at "
          + "most \(StudyLimits.evaluationNumbers); write at most \(StudyLimits.evaluationNumbers / problem.dimension)")
      return false
    }
    guard state.problems.insert(problem).inserted else { return true }
    state.evaluationNumbers += numbers
    guard state.evaluationNumbers <= StudyLimits.allEvaluationNumbers else {
      fail(
        key, place(of: key),
        "\(key): the evaluation sets of the problems that vary have more than \(StudyLimits.allEvaluationNumbers) numbers "
          + "in all, which is the most; take fewer points or coordinates, or make several studies of it")
      return false
    }
    guard let target = problem.target else { return true }
    let places = problem.targetPoints
    let (work, isOver) = target.cost.multipliedReportingOverflow(by: places)
    state.targetWork += isOver ? StudyLimits.targetWork : work
    guard state.targetWork > StudyLimits.targetWork else { return true }
    let path = "problem.target"
    fail(
      path, place(of: path),
      "\(path): a target of \(target.cost) operations at \(places) points is too much; the targets of a study have at most "
        + "\(StudyLimits.targetWork) in all, so write it shorter, or take fewer points or several studies")
    return false
  }

  // MARK: Inputs

  private mutating func inputs() -> Problem.Inputs? {
    guard entry(Self.data) != nil else {
      guard entry(Self.input) != nil else { return .law(.uniform(lower: 0, upper: 1)) }
      return inputLaw(Self.input).map { .law($0) }
    }
    if let input = entry(Self.input) {
      fail(
        Self.input, input.place,
        "problem.input and problem.data exclude each other: the inputs are drawn from a law or are the points of a "
          + "data set; leave one of them out")
    }
    return dataSet(Self.data, isLabelled: entry("problem.target") == nil).map { .data($0) }
  }

  private mutating func inputLaw(_ path: String) -> InputLaw? {
    guard let choice = chosen(path), let place = entry(dotted(path, choice))?.place else { return nil }
    let key = dotted(path, choice)
    switch choice {
    case "uniform":
      guard let bounds = bounds(key) else { return nil }
      return coordinate(bounds.lower.constantValue, bounds.upper.constantValue, key, place)
        .map { .uniform(lower: $0.lower, upper: $0.upper) }
    case "box": return box(key)
    case "normal":
      let mean = real("\(key).mean")
      let deviation = real("\(key).standard-deviation")
      let dimension = integer("\(key).dimension")
      // A wrong one is not the default, by which the target might be wrong too.
      guard mistakes.spare(key) else { return nil }
      return normal(mean ?? 0, deviation ?? 1, Int(dimension ?? 1), key, place)
    default:
      guard let density = piecewisePolynomial(key) else { return nil }
      guard coordinate(density.breaks[0], density.breaks.last!, "\(key).breaks", place) != nil else { return nil }
      do throws(DensityError) {
        return .density(try density.density())
      } catch {
        fail(key, place, "\(key) \(error)")
        return nil
      }
    }
  }

  /// Bounds that inputs can be drawn between.
  ///
  /// - Parameter name: the name of the coordinate in messages, to follow the key.
  private mutating func coordinate(
    _ a: Double, _ b: Double, _ key: String, _ place: StudyPlace, name: String = ""
  ) -> InputLaw.Bounds? {
    let subject = key + name
    let bounds = "the bounds are \(shortestText(a)) and \(shortestText(b))"
    // Inputs are drawn in single precision.
    guard (Float(b) - Float(a)).isFinite else {
      fail(key, place, "\(subject): the bounds and their difference must be finite in single precision (\(bounds))")
      return nil
    }
    guard a < b else {
      fail(key, place, "\(subject): the lower bound must be less than the upper bound (\(bounds))")
      return nil
    }
    guard Float(a) < Float(b) else {
      fail(key, place, "\(subject): the bounds must differ in single precision (\(bounds))")
      return nil
    }
    // With fewer inputs to draw from, the law of the batches would visibly differ from the law of the risk.
    let spacing = max(abs(Float(a)), abs(Float(b))).ulp
    guard Float(b) - Float(a) >= 0x1p16 * spacing, Float(b) - Float(a) >= 0x1p-100 else {
      fail(
        key, place,
        "\(subject): the bounds must have at least 65536 single precision numbers between them and differ by at least "
          + "8e-31 (\(bounds)); rescale the input")
      return nil
    }
    return InputLaw.Bounds(lower: a + 0, upper: b + 0)  // -0 is 0
  }

  private mutating func box(_ key: String) -> InputLaw? {
    guard let rows = numberLists(key) else { return nil }
    guard rows.count <= StudyKey.dimensions.upperBound else {
      fail(
        key, rows[0].place,
        "\(key) must have at most \(StudyKey.dimensions.upperBound) coordinates (it has \(rows.count))")
      return nil
    }
    var coordinates: [InputLaw.Bounds] = []
    for (index, row) in rows.enumerated() {
      guard row.numbers.count == 2 else {
        let numbers = row.numbers.map(shortestText).joined(separator: ", ")
        fail(key, row.place, "\(key): coordinate \(index + 1) must be a list [lower, upper] (it is [\(numbers)])")
        return nil
      }
      let name = rows.count == 1 ? "" : ", coordinate \(index + 1)"
      guard let bounds = coordinate(row.numbers[0], row.numbers[1], key, row.place, name: name) else { return nil }
      coordinates.append(bounds)
    }
    // A box of one coordinate is an interval.
    return coordinates.count == 1
      ? .uniform(lower: coordinates[0].lower, upper: coordinates[0].upper) : .box(coordinates)
  }

  private mutating func normal(
    _ mean: Double, _ deviation: Double, _ dimension: Int, _ key: String, _ place: StudyPlace
  ) -> InputLaw? {
    let (lower, upper) = (mean - 8 * deviation, mean + 8 * deviation)
    let span = Float(upper) - Float(lower)
    guard span.isFinite, span >= 0x1p16 * max(abs(Float(lower)), abs(Float(upper))).ulp, span >= 0x1p-100 else {
      fail(
        key, place,
        "\(key): within 8 standard deviations of the mean there must be at least 65536 finite single precision numbers "
          + "(that is from \(shortestText(lower)) to \(shortestText(upper))); rescale the input")
      return nil
    }
    return .normal(mean: mean, standardDeviation: deviation, dimension: dimension)
  }

  private mutating func piecewisePolynomial(_ path: String) -> PiecewisePolynomial? {
    let breaks = numbers("\(path).breaks")
    let rows = numberLists("\(path).pieces")
    guard let breaks, let rows, let place = entry("\(path).breaks")?.place else { return nil }
    for (left, right) in zip(breaks, breaks.dropFirst()) where left >= right {
      fail(
        "\(path).breaks", place,
        "\(path).breaks must increase (after \(shortestText(left)) comes \(shortestText(right)))")
      return nil
    }
    guard breaks.count == rows.count + 1 else {
      fail(
        "\(path).pieces", rows[0].place,
        "\(path).pieces must have one list of coefficients between each two breaks, \(breaks.count - 1) for "
          + "\(breaks.count) breaks (it has \(rows.count))")
      return nil
    }
    let longest = rows.map(\.numbers.count).max()!
    guard rows.count <= StudyLimits.pieces, longest <= StudyLimits.coefficients,
      rows.count * longest <= StudyLimits.allCoefficients
    else {
      fail(
        "\(path).pieces", rows[0].place,
        "\(path).pieces: \(rows.count) pieces of up to \(longest) coefficients are too many; at most "
          + "\(StudyLimits.pieces) pieces of \(StudyLimits.coefficients) coefficients are possible, and "
          + "\(StudyLimits.allCoefficients) coefficients in all")
      return nil
    }
    return PiecewisePolynomial(breaks: breaks, pieces: rows.map(\.numbers))
  }

  // MARK: Target

  private mutating func target(_ path: String, inputs: Problem.Inputs?, dimension: Int?) -> Target? {
    guard let entry = entry(path) else {
      // A data set brings its labels, or its points need a target.
      var isLabelled = false
      if case .data(let data)? = inputs { isLabelled = data.labels != nil }
      if !isLabelled, inputs != nil || self.entry(Self.data) == nil { failMissing(path, below: "problem") }
      return nil
    }
    guard isMapping(path) else { return expression(path, entry, dimension: dimension).map { .expression($0) } }
    guard let choice = chosen(path), let place = self.entry(dotted(path, choice))?.place else { return nil }
    let key = dotted(path, choice)
    switch choice {
    case "piecewise-polynomial":
      guard let polynomial = piecewisePolynomial(key) else { return nil }
      guard dimension ?? 1 == 1 else {
        fail(key, place, "\(key) is a function of one variable, and the input has \(dimension ?? 1) coordinates")
        return nil
      }
      return .piecewisePolynomial(polynomial)
    case "affine":
      let weights = numbers("\(key).weights")
      let constant = real("\(key).constant")
      guard let weights, let entry = self.entry("\(key).weights") else { return nil }
      guard weights.count == dimension ?? weights.count else {
        fail(
          "\(key).weights", entry.place,
          "\(key).weights must have one number for each coordinate of the input, \(dimension ?? 1) (it has "
            + "\(weights.count))")
        return nil
      }
      return .affine(weights: weights, constant: constant ?? 0)
    default: return teacher(key, dimension: dimension).map { .teacher($0) }
    }
  }

  private mutating func expression(_ path: String, _ entry: StudyNode.Entry, dimension: Int?) -> Expression? {
    func variables(_ dimension: Int) -> [String] { dimension == 1 ? ["x"] : (1...dimension).map { "x\($0)" } }
    let all = variables(Int(StudyKey.dimensions.upperBound))
    guard let dimension else { return expression(path, variables: ["x"] + all) }
    let own = variables(dimension)
    // A variable of another dimension is no misspelled name.
    if case .scalar(let scalar) = entry.node.content,
      let expression = try? Expression(parsing: scalar.text, variables: ["x"] + all),
      case let used = expression.variables.subtracting(own),
      let foreign = (["x"] + all).first(where: used.contains)
    {
      let names = dimension == 1 ? "one coordinate, x" : "\(dimension) coordinates, \(joined(abbreviated(own)))"
      fail(path, entry.place, "\(path) uses \(foreign), and the input has \(names)")
      return nil
    }
    return expression(path, variables: own)
  }

  /// The most parameters of a teacher.
  private static let teacherLimit = 100_000

  private mutating func teacher(_ path: String, dimension: Int?) -> Teacher? {
    let activation = activation("\(path).activation") ?? .relu
    let hidden = widths("\(path).hidden")
    let isOrthonormal = !isList("\(path).parameters") && word("\(path).parameters") != nil
    let parameters = isOrthonormal || !isList("\(path).parameters") ? nil : numbers("\(path).parameters")
    let initialization = initialization("\(path).initial", depth: depths.teacher)
    let seed = integer("\(path).seed")
    guard let place = entry(path)?.place, let hidden, mistakes.spare("\(path).activation") else { return nil }
    let architecture = Architecture(inputDimension: dimension ?? 1, hidden: hidden, activation: activation)
    guard architecture.parameterCount <= Self.teacherLimit else {
      fail(
        path, place,
        "\(path) has \(architecture.parameterCount) parameters; at most \(Self.teacherLimit) are possible, "
          + "because it is computed for every input")
      return nil
    }
    switch (entry("\(path).parameters"), entry("\(path).initial")) {
    case (nil, nil):
      fail(
        path, place, "\(path) needs parameters, the numbers of the network, or initial, the laws to draw them from",
        isMissing: true)
    case (_?, let initial?):
      fail(
        "\(path).initial", initial.place,
        "\(path) has both parameters and initial; give the numbers of the network, or the laws to draw them from")
    case (let entry?, nil):
      if let seed = self.entry("\(path).seed") {
        fail("\(path).seed", seed.place, "\(path).seed is for parameters that are drawn; leave it out")
      }
      if isOrthonormal { return orthonormalTeacher(path, architecture, entry.place) }
      guard let parameters, dimension != nil else { return nil }
      let count = architecture.parameterCount
      guard parameters.count == count else {
        fail(
          "\(path).parameters", entry.place,
          "\(path).parameters must be the \(count) numbers of the network, layer by layer the weights of each neuron, "
            + "then the biases (it has \(parameters.count))")
        return nil
      }
      return Teacher(architecture: architecture, parameters: .given(parameters))
    case (nil, _?):
      guard let initialization, dimension != nil else { return nil }
      check(initialization, "\(path).initial", [architecture], precision: .float64, areCells: false)
      // Every block by its own name, so that equal teachers are one.
      var laws: [BlockName: InitialLaw] = [:]
      for block in architecture.blocks {
        laws[BlockName(block.name(depth: architecture.depth))] = initialization.law(block, depth: architecture.depth)
      }
      return Teacher(
        architecture: architecture, parameters: .random(Initialization(laws: laws), seed: seed ?? 0))
    }
    return nil
  }

  private mutating func orthonormalTeacher(
    _ path: String, _ architecture: Architecture, _ place: StudyPlace
  ) -> Teacher? {
    let count = architecture.inputDimension
    guard architecture == Teacher.orthonormal(count).architecture else {
      fail(
        "\(path).parameters", place,
        "\(path).parameters: an orthonormal teacher has one hidden layer of relu neurons, one for each coordinate of the "
          + "input, \(count) (its hidden widths are \(architecture.label), its activation is "
          + "\(architecture.activation.kind.rawValue))")
      return nil
    }
    return .orthonormal(count)
  }
}
