import Expressions
import Kernels
import Networks
import Problems

extension Problem {
  /// What a text of the problem is for.
  enum TextUse {
    /// The text of a study, with the path of a data set.
    case study
    /// What identifies a study: of a data set in a file the digest.
    case definition
    /// What identifies a cell: the same without what only the risk hangs on.
    case cell
  }

  /// The section `problem` of a study.
  ///
  /// - Parameter namesPoints: whether it says how many points an evaluation set has; no matter for cells.
  func text(as use: TextUse, namesPoints: Bool = true) -> String {
    var lines = ["problem:"]
    switch inputs {
    case .law(let law): lines.append("  input: \(law.text)")
    case .data(let data): lines.append("  data: \(data.text(as: use, hasLabels: target == nil))")
    }
    if let target { lines.append("  target: \(target.text)") }
    if usesEvaluationSet && namesPoints && use != .cell { lines.append("  evaluation-points: \(evaluationPoints)") }
    return lines.joined(separator: "\n")
  }
}

extension InputLaw {
  fileprivate var text: String {
    switch self {
    case .uniform(let lower, let upper): "{uniform: \(listText([lower, upper]))}"
    case .box(let bounds): "{box: \(listText(bounds.map { listText([$0.lower, $0.upper]) }))}"
    case .normal(let mean, let deviation, let dimension):
      "{normal: {mean: \(shortestText(mean)), standard-deviation: \(shortestText(deviation)), dimension: \(dimension)}}"
    case .density(let density): "{density: \(density.text)}"
    }
  }
}

extension PiecewisePolynomial {
  fileprivate var text: String { "{breaks: \(listText(breaks)), pieces: \(listText(pieces.map(listText)))}" }
}

extension DataSet {
  fileprivate func text(as use: Problem.TextUse, hasLabels: Bool) -> String {
    switch origin {
    case .inline:
      let rows = (0..<count).map { point in
        listText(inputs[point * dimension..<(point + 1) * dimension] + (hasLabels ? [labels![point]] : []))
      }
      return "{points: \(listText(rows))\(weights.map { ", weights: \(listText($0))" } ?? "")}"
    case .file(let file):
      let weights = file.weightColumn.map { ", weights: \($0.text)" } ?? ""
      if use == .study { return "{csv: \(quoted(file.path)), sha256: \(quoted(file.digest))\(weights)}" }
      // What a header says is no matter for trials.
      let header =
        use == .cell
        ? "" : file.header.map { ", header: {line: \($0.line), columns: \(quoted($0.columns))}" } ?? ""
      return "{csv: {sha256: \(quoted(file.digest)), points: \(count), dimension: \(dimension)\(header)}\(weights)}"
    case .gaussian(let points, let dimension, let seed):
      return "{gaussian: {points: \(points), dimension: \(dimension), seed: \(seed)}}"
    case .nearlyOrthogonal(let points, let dimension, let noise, let seed):
      return "{nearly-orthogonal: {points: \(points), dimension: \(dimension), noise: \(shortestText(noise)), "
        + "seed: \(seed)}}"
    }
  }
}

extension DataFile.Column {
  fileprivate var text: String {
    switch self {
    case .name(let name): quoted(name)
    case .number(let number): "\(number)"
    }
  }
}

extension Target {
  fileprivate var text: String {
    switch self {
    case .expression(let expression): expression.yaml
    case .piecewisePolynomial(let polynomial): "{piecewise-polynomial: \(polynomial.text)}"
    case .affine(let weights, let constant):
      "{affine: {weights: \(listText(weights)), constant: \(shortestText(constant))}}"
    case .teacher(let teacher): "{teacher: {\(teacher.text)}}"
    }
  }
}

extension Teacher {
  /// What study files call ``orthonormal(_:)``.
  static let orthonormalWord = "orthonormal"

  fileprivate var text: String {
    let shape = "activation: \(architecture.activation.text), hidden: \(listText(architecture.hidden.map(String.init)))"
    if self == .orthonormal(architecture.inputDimension) { return "\(shape), parameters: \(Self.orthonormalWord)" }
    switch parameters {
    case .given(let numbers): return "\(shape), parameters: \(listText(numbers))"
    case .random(let initialization, let seed):
      // Every block by its own name, so that the teacher has one text.
      let laws = architecture.blocks.compactMap { block in
        initialization.law(block, depth: architecture.depth).map {
          "\(block.name(depth: architecture.depth)): \($0.text)"
        }
      }
      return "\(shape), initial: {\(laws.joined(separator: ", "))}, seed: \(seed)"
    }
  }
}

// MARK: - Values

extension Activation {
  var text: String {
    Activation.defaultParameter(kind) == nil ? kind.rawValue : "{\(kind.rawValue): \(shortestText(parameter))}"
  }
}

extension InitialLaw {
  var text: String {
    switch self {
    case .normal(let scale): "{normal: \(scale.yaml)}"
    case .halfNormal(let scale): "{half-normal: \(scale.yaml)}"
    case .uniform(let lower, let upper): "{uniform: \(listText([lower.yaml, upper.yaml]))}"
    case .constant(let value): "{constant: \(value.yaml)}"
    case .largeBias(let value): "{large-bias: \(value.yaml)}"
    case .scaled(let rule, let shape, let gain): "{\(rule.rawValue)-\(shape.rawValue): \(gain.yaml)}"
    case .pytorch(let gain): "{\(LawName.pytorch): \(gain.yaml)}"
    }
  }
}

extension Expression {
  /// In quotes, unless it is a number.
  var yaml: String {
    let text = self.text
    return DecimalNumber(text) == nil ? quoted(text) : text
  }
}
