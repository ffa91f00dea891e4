import Foundation

/// What stands beside a tick: a text, and a power of ten where that has one.
struct SVGLabel: Hashable {
  var text: String
  var exponent = ""
  /// What the text stands for in full, where it was shortened.
  var full: String?

  static let exponentSize = 0.75

  /// In units of the font size.
  var width: Double { MarkupText.width(text) + Self.exponentSize * MarkupText.width(exponent) }
}

/// A place of an axis that is marked.
struct SVGTick: Hashable {
  /// On the axis: the number, or its decimal logarithm.
  var at: Double
  var label: SVGLabel?
  /// Between powers of ten.
  var isSmall = false
}

/// Which numbers an axis marks.
enum SVGTicks {
  /// Round numbers.
  ///
  /// - Parameter most: how many there is room for.
  static func linear(_ domain: ClosedRange<Double>, most: Int) -> [SVGTick] {
    let span = domain.upperBound - domain.lowerBound
    guard span > 0, span.isFinite else { return [SVGTick(at: domain.lowerBound, label: number(domain.lowerBound))] }
    let power = pow(10, (log10(span) - 2).rounded(.down))
    for step in [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].map({ $0 * power }) {
      let (first, last) = (
        (domain.lowerBound / step - 1e-9).rounded(.up), (domain.upperBound / step + 1e-9).rounded(.down)
      )
      guard last - first + 1 <= Double(max(most, 1)) else { continue }
      return stride(from: first, through: last, by: 1).map { place in
        SVGTick(at: place * step, label: number(place * step, step: step))
      }
    }
    return []
  }

  /// Powers of ten, or round numbers between where there are none.
  ///
  /// - Parameter domain: decimal logarithms.
  static func logarithmic(_ domain: ClosedRange<Double>, most: Int) -> [SVGTick] {
    let (first, last) = ((domain.lowerBound - 1e-9).rounded(.up), (domain.upperBound + 1e-9).rounded(.down))
    if last - first >= 1 {
      let count = last - first + 1
      let step = [1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500].first { (count / $0).rounded(.up) <= Double(max(most, 1)) }
      let small = stride(from: first - 1, through: last, by: 1).flatMap { decade in
        (2...9).map { SVGTick(at: decade + log10(Double($0)), isSmall: true) }
      }.filter { domain.contains($0.at) }
      let decades = stride(from: first, through: last, by: 1).map { decade in
        let isMarked = decade.remainder(dividingBy: step ?? 1000) == 0
        return SVGTick(at: decade, label: isMarked ? SVGLabel(text: "10", exponent: signed(decade)) : nil)
      }.filter { $0.label != nil || count <= 40 }
      return decades + (count <= 6 ? small : [])
    }
    for mantissas in [[1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]] as [[Double]] {
      let ticks = [first - 1, first].flatMap { decade in
        mantissas.map { mantissa in
          SVGTick(at: decade + log10(mantissa), label: scientific(mantissa, decade, digits: 0))
        }
      }.filter { domain.lowerBound - 1e-9 <= $0.at && $0.at <= domain.upperBound + 1e-9 }
      if ticks.count >= 2 { return ticks }
    }
    let numbers = linear(pow(10, domain.lowerBound)...pow(10, domain.upperBound), most: min(3, most))
    return numbers.filter { $0.at > 0 }.map { SVGTick(at: log10($0.at), label: $0.label) }
  }

  /// A number as it stands at an axis, with as many digits as a step has.
  static func number(_ value: Double, step: Double? = nil) -> SVGLabel {
    let step = step ?? (value == 0 ? 1 : abs(value) / 1000)
    if value == 0 { return SVGLabel(text: "0") }
    let exponent = log10(abs(value)).rounded(.down)
    let digits = max(0, -(log10(step) + 1e-9).rounded(.down))
    if digits <= 4, abs(value) < 1e6 {
      return SVGLabel(text: minus(String(format: "%.\(Int(digits))f", value)))
    }
    let mantissa = value / pow(10, exponent)
    return scientific(mantissa, exponent, digits: max(0, Int(exponent - (log10(step) + 1e-9).rounded(.down))))
  }

  private static func scientific(_ mantissa: Double, _ exponent: Double, digits: Int) -> SVGLabel {
    if exponent >= -3, exponent <= 3 {
      return SVGLabel(text: minus(String(format: "%.6g", mantissa * pow(10, exponent))))
    }
    return mantissa == 1
      ? SVGLabel(text: "10", exponent: signed(exponent))
      : SVGLabel(text: minus(String(format: "%.\(min(digits, 4))f", mantissa)) + "·10", exponent: signed(exponent))
  }

  private static func signed(_ exponent: Double) -> String { minus("\(Int(exponent))") }

  private static func minus(_ text: String) -> String { text.replacing("-", with: "−") }
}
