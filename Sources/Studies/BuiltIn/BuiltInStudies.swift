/// The studies that the program brings along, as the text of study files.
public enum BuiltInStudies {
  /// First the experiments of arXiv:2212.13111, section 4, in their order, then studies of the landscape.
  private static let studies: [(name: String, text: String)] = [
    ("clipping", clipping),
    ("inner-bias", innerBias),
    ("shallow-normal", shallowNormal),
    ("shallow-he", shallowHe),
    ("shallow-half-normal", shallowHalfNormal),
    ("deep-normal", deepNormal),
    ("deep-he", deepHe),
    ("deep-xavier", deepXavier),
    ("three-layer-he", threeLayerHe),
    ("three-layer-xavier", threeLayerXavier),
    ("deep-he-adam", deepHeAdam),
    ("deep-xavier-adam", deepXavierAdam),
    ("affine-target", affineTarget),
    ("ladder", ladder),
    ("non-convergence", nonConvergence),
    ("non-convergence-deep", nonConvergenceDeep),
    ("born-dead", bornDead),
    ("saddle-escape", saddleEscape),
    ("teacher-student", teacherStudent),
    ("flow-inner-bias", flowInnerBias),
    ("flow-clipping", flowClipping),
    ("flow-polynomial", flowPolynomial),
  ]

  public static let names = studies.map(\.name)

  /// The study file, with comments; nil if there is no such study.
  public static func text(of name: String) -> String? { studies.first { $0.name == name }?.text }

  /// What the study is, in one line: its `source`. Nil if there is no such study.
  public static func summary(of name: String) -> String? {
    guard let text = text(of: name) else { return nil }
    return try? Study.parse(text: text, origin: .builtIn(name)).source
  }
}
