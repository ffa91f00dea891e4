import TestSupport

/// What SciPy and NumPy say: Scripts/reference/laws.py.
struct LawReferences: Decodable {
  struct Band: Decodable {
    var n: Int
    var alpha: Double
    var halfWidth: Double
    /// Of the reference, relatively.
    var tolerance: Double
  }

  struct Ranks: Decodable {
    var n: Int
    var p: Double
    var alpha: Double
    var ranks: [Int]
    var coverage: Double
  }

  struct Sequence: Decodable {
    /// "0" and "1", one a trial.
    var outcomes: String
    var alpha: Double
    var lower: Double
    /// 1 less the upper end.
    var rest: Double
  }

  struct Rising: Decodable {
    var shares: [Double]
    var weights: [Double]
    var fit: [Double]
  }

  struct PowerLaw: Decodable {
    var x: [Double]
    var y: [Double]
    var slope: Double
    var intercept: Double
    var standardError: Double
    var interval: [Double]
  }

  var bands: [Band]
  var ranks: [Ranks]
  var sequences: [Sequence]
  var rising: [Rising]
  var powerLaws: [PowerLaw]

  static let recorded: LawReferences = recordedResults("laws.json")
}
