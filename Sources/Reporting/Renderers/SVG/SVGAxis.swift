import Foundation

/// An axis of a panel on its place in the picture.
struct SVGAxis {
  let axis: Figure.Axis
  /// What it shows: numbers, their decimal logarithms, or places from -0.5 on.
  let domain: ClosedRange<Double>
  /// Coordinates of the ends of the frame.
  let start: Double
  let end: Double
  /// Between the frame and the domain, so that markers at the ends are whole.
  private let inset: (start: Double, end: Double)

  init(
    _ axis: Figure.Axis, domain: ClosedRange<Double>, from start: Double, to end: Double, hasBaseline: Bool = false,
    margin: Double = 7
  ) {
    self.axis = axis
    self.domain = domain
    self.start = start
    self.end = end
    let inset = if case .categories = axis.scale { 0.0 } else { margin }
    self.inset = (hasBaseline ? 0 : inset, inset)
  }

  /// Differences of larger numbers may have no number.
  private static let largest = 1e300

  /// Where a number is; nil where the axis does not have it, such as infinity, and 0 where it is logarithmic.
  func coordinate(_ number: Double?) -> Double? {
    guard let number, number.magnitude <= Self.largest else { return nil }
    if case .logarithmic = axis.scale { return number > 0 ? coordinate(onScale: log10(number)) : nil }
    return coordinate(onScale: number)
  }

  /// Of the end of a range, which may lie beyond what the axis has: below everything, or above.
  func clamped(_ number: Double?) -> Double? {
    guard let number, !number.isNaN else { return nil }
    if let coordinate = coordinate(number) { return coordinate }
    return number > 0 ? end : start
  }

  /// Where a category is.
  func coordinate(_ category: String) -> Double? {
    guard case .categories(let names) = axis.scale, let place = names.firstIndex(of: category) else { return nil }
    return coordinate(onScale: Double(place))
  }

  func coordinate(onScale number: Double) -> Double {
    let direction = start < end ? 1.0 : -1.0
    let (first, last) = (start + direction * inset.start, end - direction * inset.end)
    let share = (number - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    return first + share * (last - first)
  }

  /// Between two categories.
  var slot: Double {
    guard case .categories(let names) = axis.scale else { return length }
    return length / Double(max(1, names.count))
  }

  var length: Double { abs(end - start) }

  /// With more room at the ends.
  func inset(by margin: Double) -> SVGAxis { SVGAxis(axis, domain: domain, from: start, to: end, margin: margin) }

  // MARK: - What it shows

  /// - Parameters:
  ///   - numbers: that are drawn.
  ///   - arrows: from which arrows go down to the axis.
  static func domain(
    of axis: Figure.Axis, _ numbers: some Sequence<Double>, arrows: [Double] = [], hasBaseline: Bool
  ) -> ClosedRange<Double> {
    switch axis.scale {
    case .categories(let names): return -0.5...(Double(max(1, names.count)) - 0.5)
    case .linear:
      let shown = (Array(numbers) + arrows + bounds(axis) + (hasBaseline ? [0] : [])).filter { $0.magnitude <= largest }
      guard let least = shown.min(), let most = shown.max() else { return 0...1 }
      guard most - least > max(1e-12 * max(abs(least), abs(most)), 1e-300) else {
        let half = abs(least) < 1e-290 ? 0.5 : 0.1 * abs(least)
        return (least - half)...(least + half)
      }
      return least...most
    case .logarithmic:
      let shown = (Array(numbers) + arrows + bounds(axis)).filter { $0 > 0 && $0 <= largest }.map(log10)
      guard var least = shown.min(), var most = shown.max() else { return 0...1 }
      if most - least < 1e-9 { (least, most) = (least - 0.5, most + 0.5) }
      // Room for arrows.
      if let lowest = arrows.filter({ $0 > 0 && $0.isFinite }).min().map(log10) {
        least = min(least, lowest - max(0.3, 0.15 * (most - least)))
      }
      return least...most
    }
  }

  private static func bounds(_ axis: Figure.Axis) -> [Double] {
    (axis.range.map { [$0.lowerBound, $0.upperBound] } ?? []) + axis.named.map(\.at)
  }

  // MARK: - Ticks

  /// - Parameters:
  ///   - most: numbers that there is room for beside each other.
  ///   - width: of a category's name, in units of the font size.
  func ticks(most: Int, width: Double) -> [SVGTick] {
    if case .categories(let names) = axis.scale {
      return names.enumerated().map { place, name in
        let line = MarkupText.oneLine(name)
        let short = MarkupText.shortened(line, to: width)
        return SVGTick(
          at: Double(place), label: SVGLabel(text: short, full: short == name ? nil : name))
      }
    }
    let isLogarithmic = axis.scale == .logarithmic
    let named = axis.named.compactMap { tick -> SVGTick? in
      guard !isLogarithmic || tick.at > 0, tick.at.isFinite else { return nil }
      let short = MarkupText.shortened(MarkupText.oneLine(tick.name), to: 12)
      return SVGTick(
        at: isLogarithmic ? log10(tick.at) : tick.at,
        label: SVGLabel(text: short, full: short == tick.name ? nil : tick.name))
    }
    if axis.hasOnlyNamed { return named }
    // Between names that stand for numbers which the axis lacks there is nothing to count.
    let others =
      isLogarithmic ? SVGTicks.logarithmic(domain, most: most) : SVGTicks.linear(domain, most: most)
    return named + others.filter { tick in !named.contains { abs($0.at - tick.at) < 1e-9 } }
  }
}
