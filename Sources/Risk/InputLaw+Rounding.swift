import Problems

extension InputLaw.Bounds {
  /// In single precision, as samples are drawn.
  var rounded: (lower: Double, upper: Double) { (Double(Float(lower)), Double(Float(upper))) }
}
