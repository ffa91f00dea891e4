extension Duration {
  /// Seconds of a text such as 90s, 50m, 1h30m or 2d: whole numbers, each with its unit; nil for anything else.
  static func seconds(of text: String) -> Double? {
    var total = 0.0
    var digits = ""
    for character in text {
      if character.isASCII, character.isNumber {
        digits.append(character)
        continue
      }
      guard let unit = ["s": 1.0, "m": 60, "h": 3600, "d": 86400][character], let number = Double(digits) else {
        return nil
      }
      total += number * unit
      digits = ""
    }
    return digits.isEmpty && total > 0 && total <= 3650 * 86400 ? total : nil
  }
}
