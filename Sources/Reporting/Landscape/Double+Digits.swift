import Foundation

extension Double {
  private static let powersOfTen: [Double] = (0...22).map { pow(10, Double($0)) }

  /// The number nearest to this one with so many significant decimal digits, as `printf` prints it and `strtod` reads it.
  ///
  /// - Precondition: 1 <= digits <= 12.
  package func rounded(digits: Int) -> Double { roundedByArithmetic(digits) ?? roundedByText(digits) }

  private func roundedByText(_ digits: Int) -> Double { Double(String(format: "%.\(digits - 1)e", self)) ?? self }

  /// The same without text, for numbers of which many are rounded; nil where this cannot be told from the numbers that are
  /// near. Powers of ten up to 10^22 and integers below 2^53 are exact in Float64, so that a quotient or product of them
  /// is the number nearest to the decimal one.
  private func roundedByArithmetic(_ digits: Int) -> Double? {
    guard isFinite, magnitude > 1e-14, magnitude < 1e22 else { return self == 0 ? self : nil }
    let shift = digits - 1 - Int(log10(magnitude).rounded(.down))
    guard Self.powersOfTen.indices.contains(abs(shift)) else { return nil }
    let power = Self.powersOfTen[abs(shift)]
    let scaled = shift >= 0 ? magnitude * power : magnitude / power
    let integer = scaled.rounded()
    // Rounding errors of the scaled number, below 1e-16 of it, must not decide; and the logarithm may be off by one.
    guard (scaled - integer).magnitude < 0.499, integer >= Self.powersOfTen[digits - 1],
      integer < Self.powersOfTen[digits]
    else { return nil }
    let rounded = shift >= 0 ? integer / power : integer * power
    return sign == .minus ? -rounded : rounded
  }
}
