import Expressions
import Networks
import Problems

extension StudyDecoder {
  /// The largest width of a hidden layer.
  private static let widths = 1...UInt64(65536)

  mutating func inputLaw(_ path: String) -> InputLaw? {
    let key = dotted(path, "uniform")
    guard let (lower, upper) = bounds(key), let place = entry(key)?.place else { return nil }
    let (a, b) = (lower.values(of: "", at: [0])[0], upper.values(of: "", at: [0])[0])
    let bounds = "the bounds are \(shortestText(a)) and \(shortestText(b))"
    // Inputs are drawn in single precision.
    guard (Float(b) - Float(a)).isFinite else {
      fail(key, place, "\(key): the bounds and their difference must be finite in single precision (\(bounds))")
      return nil
    }
    guard a < b else {
      fail(key, place, "\(key): the lower bound must be less than the upper bound (\(bounds))")
      return nil
    }
    guard Float(a) < Float(b) else {
      fail(key, place, "\(key): the bounds must differ in single precision (\(bounds))")
      return nil
    }
    // With fewer inputs to draw from, the law of the batches would visibly differ from the law of the risk.
    let spacing = max(abs(Float(a)), abs(Float(b))).ulp
    guard Float(b) - Float(a) >= 0x1p16 * spacing, Float(b) - Float(a) >= 0x1p-100 else {
      fail(
        key, place,
        "\(key): the bounds must have at least 65536 single precision numbers between them and differ by at least "
          + "8e-31 (\(bounds)); rescale the input")
      return nil
    }
    return .uniform(lower: a + 0, upper: b + 0)  // -0 is 0
  }

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
      guard let cell = cell(item, number: index + 1, path: path) else { return nil }
      if let first = numbers.updateValue(index + 1, forKey: cell) {
        let widths = cell.map(String.init).joined(separator: ", ")
        fail(path, item.place, "\(path): the cell [\(widths)] is listed twice, as entries \(first) and \(index + 1)")
        return nil
      }
      cells.append(cell)
    }
    return cells
  }

  private mutating func cell(_ item: StudyNode, number: Int, path: String) -> [Int]? {
    guard case .list(let items) = item.content else {
      fail(path, item.place, "\(path): entry \(number) must be a list of widths, such as [20] (it is \(item.shown))")
      return nil
    }
    guard !items.isEmpty else {
      fail(path, item.place, "\(path): entry \(number) has no widths; it must be a list of widths, such as [20]")
      return nil
    }
    var widths: [Int] = []
    for item in items {
      guard case .scalar(let scalar) = item.content, let width = scalar.number?.unsigned, Self.widths.contains(width)
      else {
        fail(
          path, item.place,
          "\(path): a width must be a whole number from \(Self.widths.lowerBound) to \(Self.widths.upperBound) "
            + "(in entry \(number) it is \(item.shown))")
        return nil
      }
      widths.append(Int(width))
    }
    guard widths.count == 1 else {
      fail(
        path, item.place,
        "\(path): entry \(number), \(item.shown), has \(widths.count) hidden layers, and only networks with one hidden "
          + "layer can be trained; write one width, such as [\(widths[0])]")
      return nil
    }
    return widths
  }

  mutating func initialLaw(_ path: String) -> InitialLaw? {
    guard let law = lawName(path) else { return nil }
    let key = dotted(path, law)
    switch law {
    case "normal": return expression(key).map { .normal($0) }
    case "half-normal": return expression(key).map { .halfNormal($0) }
    case "uniform": return bounds(key).map { .uniform(lower: $0.lower, upper: $0.upper) }
    default: return expression(key).map { .constant($0) }
    }
  }

  /// The key of the law at `path`.
  private func lawName(_ path: String) -> String? {
    guard case .mapping(let entries) = entry(path)?.node.content, entries.count == 1 else { return nil }
    return key(path).child(entries[0].name)?.name
  }

  /// Checks that the numbers of a law make sense at every width.
  mutating func check(_ law: InitialLaw, _ path: String, widths: [Int]) {
    guard let name = lawName(path), let place = entry(dotted(path, name))?.place else { return }
    let key = dotted(path, name)
    let points = widths.map(Double.init)
    let values = law.expressions.map { $0.values(of: "h", at: points) }
    // Parameters are kept in single precision.
    let limit = "3.4e38"
    for (index, width) in widths.enumerated() {
      let numbers = values.map { $0[index] }
      let texts = numbers.map(shortestText)
      let areFinite = numbers.allSatisfy { Float($0).isFinite }
      switch law {
      case .normal, .halfNormal:
        guard !areFinite || numbers[0] < 0 else { continue }
        return fail(
          key, place,
          "\(key) must be a standard deviation from 0 to \(limit) at every width (it is \(texts[0]) at h = \(width))")
      case .constant:
        guard !areFinite else { continue }
        return fail(
          key, place,
          "\(key) must be a number of magnitude at most \(limit) at every width (it is \(texts[0]) at h = \(width))")
      case .uniform:
        let bounds = "(they are \(texts[0]) and \(texts[1]) at h = \(width))"
        if !areFinite {
          return fail(key, place, "\(key): the bounds must be of magnitude at most \(limit) at every width \(bounds)")
        }
        if numbers[0] > numbers[1] {
          return fail(key, place, "\(key): the lower bound must not exceed the upper bound \(bounds)")
        }
      }
    }
  }
}
