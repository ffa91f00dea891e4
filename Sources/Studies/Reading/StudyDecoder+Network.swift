import Expressions
import Kernels
import Landscape
import Networks
import Problems
import Texts

extension StudyDecoder {
  /// The largest width of a hidden layer.
  private static let widths = 1...UInt64(65536)
  /// The most parameters of a network.
  static let parameterLimit = 1 << 27
  /// The most bytes that the checkpoints of the networks that a thread trains side by side may take.
  static let checkpointMemory = 2 << 30

  mutating func activation(_ path: String) -> Activation? {
    guard entry(path) != nil else { return nil }
    guard isMapping(path) else { return word(path, Activation.Kind.self).map { Activation($0) } }
    guard let choice = chosen(path), let kind = Activation.Kind(rawValue: choice),
      let parameter = real(dotted(path, choice))
    else { return nil }
    return Activation(kind, parameter: parameter)
  }

  // MARK: Widths

  /// The hidden widths of every cell.
  mutating func cells(_ path: String) -> [[Int]]? {
    guard let entry = entry(path) else { return nil }
    guard case .list(let items) = entry.node.content else {
      var advice = ""
      if case .scalar(let scalar) = entry.node.content, scalar.number != nil { advice = "; write [[\(scalar.text)]]" }
      failExpectation(path, entry, advice: advice)
      return nil
    }
    guard !items.isEmpty else {
      fail(path, entry.place, "\(path) is empty; it must be \(key(path).expectation)")
      return nil
    }
    guard items.count <= StudyLimits.cells else {
      fail(
        path, entry.place,
        "\(path) has \(items.count) entries, and a study has at most \(StudyLimits.cells) cells; make several studies of "
          + "it")
      return nil
    }
    let layers = items.reduce(0) { if case .list(let widths) = $1.content { $0 + widths.count } else { $0 } }
    guard layers <= StudyLimits.layers || items.count == 1 else {
      fail(
        path, entry.place,
        "\(path) has \(layers) hidden layers in \(items.count) entries, and a study has at most \(StudyLimits.layers); make "
          + "several studies of it")
      return nil
    }
    let areAllWidths = items.allSatisfy {
      if case .scalar(let scalar) = $0.content { scalar.number != nil } else { false }
    }
    guard !areAllWidths else {
      let few = items.prefix(3).map { "[\($0.flowText)]" } + (items.count > 3 ? ["..."] : [])
      failExpectation(path, entry, advice: "; for a cell of each width write [\(few.joined(separator: ", "))]")
      return nil
    }
    var cells: [[Int]] = []
    var numbers: [[Int]: Int] = [:]
    for (index, item) in items.enumerated() {
      guard case .list(let widths) = item.content else {
        fail(
          path, item.place,
          "\(path): entry \(index + 1) must be a list of widths, such as [20] (it is \(item.shown))")
        continue
      }
      guard let cell = self.widths(widths, item.place, path: path, number: index + 1) else { continue }
      if let first = numbers.updateValue(index + 1, forKey: cell) {
        let widths = cell.map(String.init).joined(separator: ", ")
        fail(path, item.place, "\(path): the cell [\(widths)] is listed twice, as entries \(first) and \(index + 1)")
        continue
      }
      cells.append(cell)
    }
    return cells.count == items.count ? cells : nil
  }

  /// The hidden widths of one network.
  mutating func widths(_ path: String) -> [Int]? {
    guard let entry = entry(path) else { return nil }
    guard case .list(let items) = entry.node.content, !items.isEmpty else {
      failExpectation(path, entry)
      return nil
    }
    return widths(items, entry.place, path: path, number: nil)
  }

  /// - Parameter number: which entry of the list of cells it is, from 1.
  private mutating func widths(
    _ items: [StudyNode], _ place: StudyPlace, path: String, number: Int?
  ) -> [Int]? {
    let name = number.map { "entry \($0)" } ?? "the list"
    guard !items.isEmpty else {
      fail(path, place, "\(path): \(name) has no widths; it must be a list of widths, such as [20]")
      return nil
    }
    guard items.count <= StudyDepths.maximum else {
      fail(
        path, place,
        "\(path): \(name) has \(items.count) hidden layers; networks have at most \(StudyDepths.maximum)")
      return nil
    }
    var widths: [Int] = []
    for item in items {
      guard case .scalar(let scalar) = item.content, let width = scalar.number?.unsigned, Self.widths.contains(width)
      else {
        fail(
          path, item.place,
          "\(path): a width must be a whole number from \(Self.widths.lowerBound) to \(Self.widths.upperBound) "
            + "(in \(name) it is \(item.shown))\(advice(against: item))")
        continue
      }
      widths.append(Int(width))
    }
    return widths.count == items.count ? widths : nil
  }

  // MARK: Blocks

  /// The blocks that training moves, in their canonical order.
  mutating func trainable(_ path: String) -> [BlockName]? {
    guard let words = words(path) else { return nil }
    let names = Set(words.map(\.word))
    for (word, place) in words {
      let kind = BlockName(word).isGeneral ? nil : word.hasSuffix("weights") ? "weights" : "biases"
      if let kind, names.contains(kind) {
        fail(path, place, "\(path) lists \(word), which is one of the \(kind) it also lists; keep one of them")
      }
    }
    return BlockName.names(depth: depths.common).filter { names.contains($0.text) }
  }

  /// The laws of all blocks of the cells, or the point around which their trials begin.
  mutating func initialization(
    _ path: String, _ problem: Problem?, _ activation: Activation, _ hidden: [[Int]]?
  ) -> Initialization? {
    func isStart(_ entry: StudyNode.Entry) -> Bool { StudyKey.startingPoint.contains { $0.name == entry.name } }
    guard let first = entries(path).first(where: isStart) else { return initialization(path, depth: depths.common) }
    if let law = entries(path).first(where: { !isStart($0) && key(path).child($0.name) != nil }) {
      fail(
        dotted(path, law.name), law.place,
        "\(path) has laws of blocks (\(law.name)) and a starting point (\(first.name)); keep one of them")
      return nil
    }
    let distance = real("\(path).distance")
    let saddle = integer("\(path).saddle")
    let isFirstActiveOnRight = word("\(path).first-kink") != "left"
    let point = startingPoint(
      path, first.place, problem, activation, saddle: saddle.map(Int.init), isFirstActiveOnRight: isFirstActiveOnRight)
    guard let problem, let hidden, let point else { return nil }
    for widths in hidden {
      let architecture = Architecture(inputDimension: problem.dimension, hidden: widths, activation: activation)
      let count = architecture.parameterCount
      guard count == point.count else {
        fail(
          path, first.place,
          "\(path): the starting point has \(counted(point.count, "number")), and the networks of cell \(architecture.label) have "
            + counted(count, "parameter")
            + (entry("\(path).saddle") == nil ? "" : "; a saddle has as many neurons as kinks"))
        return nil
      }
    }
    let name =
      saddle.map { StartingPoint.Name.saddle(kinks: Int($0), isFirstActiveOnRight: isFirstActiveOnRight) } ?? .numbers
    return Initialization(start: StartingPoint(point: point, distance: distance ?? 0, name: name))
  }

  private mutating func startingPoint(
    _ path: String, _ place: StudyPlace, _ problem: Problem?, _ activation: Activation, saddle kinks: Int?,
    isFirstActiveOnRight: Bool
  ) -> [Double]? {
    let point = numbers("\(path).point")
    switch (entry("\(path).point"), entry("\(path).saddle")) {
    case (_?, nil):
      if let entry = entry("\(path).first-kink") {
        fail("\(path).first-kink", entry.place, "\(path).first-kink is for saddles; leave it out")
      }
      return point
    case (nil, let entry?):
      guard let problem, let kinks, mistakes.spare("network.activation") else { return nil }
      guard let target = AffineTarget(problem) else {
        fail(
          "\(path).saddle", entry.place,
          "\(path).saddle needs an affine target that is not constant and a uniform law on an interval, whose saddles "
            + "are known; give the numbers of the point instead (\(path).point)")
        return nil
      }
      guard
        let saddle = target.saddle(
          kinks: kinks, first: isFirstActiveOnRight ? .right : .left, activation: activation)
      else {
        fail(
          "\(path).saddle", entry.place,
          "\(path).saddle: there is no saddle with \(kinks) kinks; relu networks have those with an even number whose "
            + "first kink is right, leaky-relu networks of slopes between 0 and 1 all of them")
        return nil
      }
      return saddle.parameters
    case (_?, _?):
      fail(path, place, "\(path) has both point and saddle; keep one of them")
      return nil
    case (nil, nil):
      fail(path, place, "\(path) needs the starting point, either point or saddle")
      return nil
    }
  }

  /// The laws of all blocks of networks with `depth` hidden layers, or with different numbers of them.
  mutating func initialization(_ path: String, depth: Int?) -> Initialization? {
    guard entry(path) != nil else { return nil }
    guard isMapping(path) else {
      return initialWord(path).map { _ in
        let law = InitialLaw.pytorch(gain: Expression(constant: 1))
        return Initialization(laws: [.weights: law, .biases: law])
      }
    }
    var laws: [BlockName: InitialLaw] = [:]
    var names: Set<String> = []
    for entry in entries(path) where key(path).child(entry.name) != nil {
      names.insert(entry.name)
      laws[BlockName(entry.name)] = initialLaw(dotted(path, entry.name))
    }
    for kind in ParameterBlock.Kind.allCases {
      let blocks = depth.map { depth in
        ParameterBlock.all(depth: depth).filter { $0.kind == kind }.map { $0.name(depth: depth) }
      }
      let missing = (blocks ?? []).filter { !names.contains($0) }
      let hasGeneralLaw = names.contains(kind.rawValue)
      let isNamedByKind = blocks == nil || names.contains { BlockName($0).isGeneral } && missing == blocks
      if !hasGeneralLaw, depths.areKnown, let first = isNamedByKind ? kind.rawValue : missing.first {
        failMissing(dotted(path, first), below: path, unlessWrong: StudyKey.widths(ofBlocks: path))
        return nil
      }
      if hasGeneralLaw, blocks != nil, missing.isEmpty, let entry = entry(dotted(path, kind.rawValue)) {
        fail(
          dotted(path, kind.rawValue), entry.place,
          "\(dotted(path, kind.rawValue)) has no effect, because all \(kind.rawValue) have laws of their own; leave it "
            + "out"
        )
      }
    }
    return Initialization(laws: laws)
  }

  /// The word that stands for the laws of all blocks.
  private mutating func initialWord(_ path: String) -> String? {
    guard let entry = entry(path), case .scalar(let scalar) = entry.node.content,
      LawName.rules.contains(where: { $0.name == scalar.text })
    else { return word(path) }
    failExpectation(
      path, entry, advice: "; what are the biases? Write {weights: \(scalar.text), biases: {constant: 0}} for biases 0")
    return nil
  }

  // MARK: Laws

  private mutating func initialLaw(_ path: String) -> InitialLaw? {
    guard isMapping(path) else {
      return word(path).map { Self.law($0, gain: Expression(constant: 1)) }
    }
    guard let choice = chosen(path) else { return nil }
    let key = dotted(path, choice)
    if choice == "uniform" { return bounds(key).map { .uniform(lower: $0.lower, upper: $0.upper) } }
    guard let scale = expression(key) else { return nil }
    return switch choice {
    case "normal": .normal(scale)
    case "half-normal": .halfNormal(scale)
    case "constant": .constant(scale)
    case "large-bias": .largeBias(scale)
    default: Self.law(choice, gain: scale)
    }
  }

  private static func law(_ name: String, gain: Expression) -> InitialLaw {
    LawName.rules.first { $0.name == name }.map { .scaled($0.rule, $0.shape, gain: gain) } ?? .pytorch(gain: gain)
  }

  /// Checks that the numbers of all laws make sense in these networks.
  ///
  /// - Parameter areCells: whether the networks are those of the cells, as messages call them.
  mutating func check(
    _ initialization: Initialization, _ path: String, _ architectures: [Architecture], precision: Precision,
    areCells: Bool = true
  ) {
    for entry in entries(path) {
      guard let law = initialization.laws[BlockName(entry.name)] else { continue }
      check(law, dotted(path, entry.name), architectures, precision: precision, areCells: areCells)
    }
  }

  private mutating func check(
    _ law: InitialLaw, _ path: String, _ architectures: [Architecture], precision: Precision, areCells: Bool
  ) {
    guard let choice = chosen(path), let place = entry(dotted(path, choice))?.place else { return }
    let key = dotted(path, choice)
    // The parameters must be finite.
    let limit = precision.limitText
    let everywhere = areCells ? " in every cell" : ""
    for (architecture, numbers) in zip(architectures, law.values(in: architectures)) {
      let texts = numbers.map(shortestText)
      let areFinite = numbers.allSatisfy(precision.isFinite)
      let cell = areCells ? " in cell \(architecture.label)" : ""
      switch law {
      case .normal, .halfNormal:
        guard !areFinite || numbers[0] < 0 else { continue }
        return fail(
          key, place,
          "\(key) must be a standard deviation from 0 to \(limit)\(everywhere) (it is \(texts[0])\(cell))")
      case .scaled, .pytorch:
        guard !areFinite || numbers[0] < 0 else { continue }
        return fail(
          key, place, "\(key) must be a gain from 0 to \(limit)\(everywhere) (it is \(texts[0])\(cell))")
      case .constant, .largeBias:
        guard !areFinite else { continue }
        return fail(
          key, place,
          "\(key) must be a number of magnitude at most \(limit)\(everywhere) (it is \(texts[0])\(cell))")
      case .uniform:
        let bounds = "(they are \(texts[0]) and \(texts[1])\(cell))"
        if !areFinite {
          return fail(key, place, "\(key): the bounds must be of magnitude at most \(limit)\(everywhere) \(bounds)")
        }
        if numbers[0] > numbers[1] {
          return fail(key, place, "\(key): the lower bound must not exceed the upper bound \(bounds)")
        }
      }
    }
  }

  /// Checks that the numbers of the activation and of a starting point are finite in training.
  mutating func checkNumbers(_ family: Family) {
    let precision = family.training.precision
    func isTooLarge(_ number: Double) -> Bool { !precision.isFinite(number) }
    let activation = family.activation
    let start = family.initialization.start
    var settings = [("network.activation.\(activation.kind.rawValue)", activation.parameter)]
    if let start { settings.append(("network.initial.distance", start.distance)) }
    for (key, number) in settings where isTooLarge(number) {
      fail(
        key, place(of: key),
        "\(key) must be a number of magnitude at most \(precision.limitText) (it is \(shortestText(number)))")
    }
    if let point = start?.point, let index = point.firstIndex(where: isTooLarge) {
      let key = "network.initial.\(entry("network.initial.point") == nil ? "saddle" : "point")"
      fail(
        key, place(of: key),
        "\(key): the numbers of the point must be of magnitude at most \(precision.limitText) (number \(index + 1) is "
          + "\(shortestText(point[index])))")
    }
  }
}

extension Precision {
  /// What messages say the largest finite number is.
  fileprivate var limitText: String { self == .float32 ? "3.4e38" : "1.8e308" }
}

extension InitialLaw {
  /// The values of the expressions in each network.
  fileprivate func values(in architectures: [Architecture]) -> [[Double]] {
    let isConstant = expressions.allSatisfy { expression in
      !StudyDepths.variables(depth: architectures.map(\.depth).min() ?? 1).contains(where: expression.uses)
    }
    // The same in all of many cells.
    guard !isConstant else {
      return Array(
        repeating: architectures.first.map { Initialization.values(of: self, $0) } ?? [], count: architectures.count)
    }
    return architectures.map { Initialization.values(of: self, $0) }
  }
}
