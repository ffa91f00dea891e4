import Kernels
import Landscape
import Networks
import Outcomes
import Problems

/// Reference risks that cells of a study are measured against: what they hang on.
public struct LevelRequest: Sendable, Hashable {
  public let problem: Problem
  public let activation: Activation
  /// The largest width whose optimum is asked for.
  public let largestWidth: Int

  /// A name that equal requests share, everywhere and in all versions that search levels in the same way.
  public var key: String {
    let text = "levels 1\n\(problem.text(as: .cell))\nactivation: \(activation.text)\nwidth: \(largestWidth)\n"
    return hexadecimal(SHA256.digest(of: text))
  }

  /// The levels: seconds of work.
  ///
  /// - Parameter report: gets a sentence now and then while there is much left to do.
  /// - Throws: where the problem has none.
  public func search(reporting report: (String) -> Void = { _ in }) throws(LevelError) -> RiskLevels {
    let clock = ContinuousClock()
    let start = clock.now
    var forecast = SearchForecast(largestWidth: largestWidth)
    return try RiskLevels(problem: problem, activation: activation, largestWidth: largestWidth) { width in
      if let sentence = forecast.sentence(after: width, seconds: (clock.now - start) / .seconds(1)) { report(sentence) }
    }
  }
}

/// How long a search of reference risks still takes, from the widths that it has behind it.
package struct SearchForecast {
  private let largestWidth: Int
  /// When the widths began, after the lines.
  private var start = 0.0
  private var lastSentence = 0.0

  package init(largestWidth: Int) { self.largestWidth = largestWidth }

  /// Less than this is not worth a sentence.
  private static let least = 2.0
  /// The widths before are too quick to tell.
  private static let firstWidth = 4

  /// The work for a width, in that for the patterns of orientations of width 8: each width has twice as many as the one
  /// before. For six targets (smooth, kinked, oscillating) the forecasts lay between a quarter of what came and 2.5 times
  /// that.
  private func work(_ widths: ClosedRange<Int>) -> Double {
    widths.reduce(0) { $0 + 0.2 + Double(1 << $1) / 256 }
  }

  /// What is to be said when the search of `width` ends, `seconds` after its start; nil if there is little left to do or
  /// something has been said just now.
  package mutating func sentence(after width: Int, seconds: Double) -> String? {
    if width == 0 { start = seconds }
    guard width >= Self.firstWidth, width < largestWidth else { return nil }
    guard lastSentence == 0 || seconds - lastSentence >= Self.least else { return nil }
    let left = (seconds - start) * work(width + 1...largestWidth) / work(1...width)
    guard left >= Self.least else { return nil }
    lastSentence = seconds
    return
      "searching the reference risks: widths up to \(width) of \(largestWidth) in \(Int(seconds.rounded(.up))) s, about "
      + "\(Int(left.rounded(.up))) s to go"
  }
}

extension Cell {
  /// Whether there are reference risks for the networks of the cell.
  public var levelAvailability: LevelAvailability {
    RiskLevels.availability(problem: problem, architecture: architecture)
  }

  /// Why the networks of the cell cannot be judged by a criterion, to follow its key; nil where they can.
  func objection(to good: GoodCriterion) -> String? {
    guard good.needsOptimum else { return nil }
    let reason: LevelError
    switch levelAvailability {
    case .optima, .lowerBounds:
      if case .ratio = good, AffineTarget(problem) != nil { return GoodCriterion.noRatioOfZero }
      return nil
    case .names: reason = .deepNetwork(layers: architecture.depth)
    case .unavailable(let error): reason = error
    }
    return "needs the smallest risk of networks of a width; \(reason)"
  }

  /// Whether the cell's trials are compared with reference risks, if there are any: the search for them takes seconds.
  fileprivate var wantsLevels: Bool { limit?.classes == true || verdictRule.good.needsOptimum }
}

extension Study {
  /// The reference risks that the trials of this study are measured against, each request once; empty where none are needed.
  public var levelRequests: [LevelRequest] { Self.requests(cells.filter(\.wantsLevels)) }

  /// The reference risks of all cells that have some, needed or not.
  public var allLevelRequests: [LevelRequest] { Self.requests(cells) }

  private static func requests(_ cells: [Cell]) -> [LevelRequest] {
    var requests: [LevelRequest] = []
    for cell in cells {
      if case .unavailable = cell.levelAvailability { continue }
      let width = min(cell.architecture.width, RiskLevels.largestSearchedWidth)
      let old = requests.firstIndex { $0.problem == cell.problem && $0.activation == cell.architecture.activation }
      let largest = max(width, old.map { requests[$0].largestWidth } ?? 0)
      let request = LevelRequest(
        problem: cell.problem, activation: cell.architecture.activation, largestWidth: largest)
      if let old { requests[old] = request } else { requests.append(request) }
    }
    return requests
  }
}

/// The levels that were found for the requests of a study.
public struct ReferenceLevels: Sendable, Hashable {
  private let levels: [LevelRequest: RiskLevels]

  public init(_ levels: [LevelRequest: RiskLevels] = [:]) { self.levels = levels }

  /// The levels that a study asks for, searched, which takes seconds.
  ///
  /// - Parameter report: gets a sentence now and then.
  public init(searching study: Study, reporting report: (String) -> Void = { _ in }) throws {
    var found: [LevelRequest: RiskLevels] = [:]
    for request in study.levelRequests { found[request] = try request.search(reporting: report) }
    self.init(found)
  }

  /// The levels of a cell; nil where there are none.
  public func callAsFunction(_ cell: Cell) -> RiskLevels? {
    levels.first { $0.key.problem == cell.problem && $0.key.activation == cell.architecture.activation }?.value
  }
}

/// The form in messages between processes: for each level the key of its request, 64 bytes, the length of what follows and
/// the levels.
extension ReferenceLevels {
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    for (request, levels) in levels.sorted(by: { $0.key.key < $1.key.key }) {
      let bytes = levels.bytes
      writer.write(bytes: Array(request.key.utf8))
      writer.write(word: UInt64(bytes.count))
      writer.write(bytes: bytes)
    }
    return writer.bytes
  }

  /// - Parameter requests: those of the study; levels of others are left out.
  public init(_ requests: [LevelRequest], bytes: [UInt8]) {
    var found: [LevelRequest: RiskLevels] = [:]
    var reader = ByteReader(bytes)
    while let key = reader.bytes(64), let count = reader.word(), let bytes = reader.bytes(Int(clamping: count)) {
      guard let request = requests.first(where: { Array($0.key.utf8) == key }) else { continue }
      found[request] = RiskLevels(bytes: bytes)
    }
    levels = found
  }
}
