import Texts
import Testing

@Suite struct NearestNameTests {
  @Test(
    arguments: [
      ("sine", ["cos", "sin", "sqrt"], "sin"), ("isn", ["sin", "tan"], "sin"), ("SIN", ["min", "sin"], "sin"),
      ("tna", ["tanh", "tan"], "tan"), ("learing-rate", ["learning-rate", "optimizer"], "learning-rate"),
      ("learning_rate", ["optimizer", "learning-rate"], "learning-rate"), ("X", ["x"], "x"),
      ("bin", ["sin", "min"], "sin"),
      ("activaton", ["activation", "act"], "activation"), ("hiden", ["hidden"], "hidden"),
      // Far, or with no letter in common.
      ("y", ["x"], nil), ("foo", ["sin", "cos"], nil), ("xyz", [], nil), ("", ["a"], nil), ("hx", ["n"], nil),
      ("steps", ["width", "seed"], nil),
    ] as [(String, [String], String?)])
  func nearest(name: String, candidates: [String], expected: String?) {
    #expect(nearestName(to: name, among: candidates) == expected)
  }
}
