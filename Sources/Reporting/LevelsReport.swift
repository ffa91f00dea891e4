import Kernels
import Landscape
import Networks
import Problems
import Studies

/// The reference risks of a study's problem: the optima m_h, the ladder D_k and what brackets them.
public struct LevelsReport: Sendable {
  /// The levels of networks with one activation on one problem.
  public struct Part: Sendable {
    public let activation: Activation
    public let levels: RiskLevels
    /// Which cells the levels are those of.
    public let cells: [String]
    /// Whether all parameters of all these cells are trained; otherwise the levels bound what can be reached from below.
    public let isWholeFamily: Bool
  }

  public let study: Study
  public let parts: [Part]
  /// Cells without levels, and why.
  public let unavailable: [(cell: String, reason: LevelError)]
  /// Cells that train biases only, with bounds of the risk at good critical points, one for each of some trials,
  /// ascending; empty where its hypotheses fail.
  public let frozenBounds: [(cell: String, bounds: [Double])]

  /// - Parameters:
  ///   - search: the levels of a request, from wherever they are kept.
  ///   - frozenBounds: the bounds of some trials of the cell with this index; nil where there are none.
  public init(
    _ study: Study, search: (LevelRequest) throws -> RiskLevels, frozenBounds: (Int) -> [Double]?
  ) throws {
    self.study = study
    let cells = study.cells
    self.frozenBounds = cells.indices.compactMap { index in
      frozenBounds(index).map { (cells[index].label, $0.sorted()) }
    }
    parts = try study.allLevelRequests.map { request in
      let own = cells.filter { $0.problem == request.problem && $0.architecture.activation == request.activation }
      return Part(
        activation: request.activation, levels: try search(request), cells: own.map(\.label),
        isWholeFamily: own.allSatisfy { $0.trained.count == $0.architecture.blocks.count })
    }
    unavailable = cells.compactMap { cell in
      if case .unavailable(let reason) = cell.levelAvailability { (cell.label, reason) } else { nil }
    }
  }

  public var text: String {
    var text = study.titleLine
    for part in parts {
      text += "\nlevels of shallow \(part.activation.kind.rawValue) networks"
      if part.activation.kind == .leakyReLU { text += " of slope \(ReportText.short(part.activation.parameter))" }
      text += parts.count > 1 ? " (cells \(part.cells.joined(separator: ", ")))\n" : "\n"
      if !part.levels.optima.isEmpty { text += "\n" + optimaTable(part.levels).text }
      text += "\n" + ladderTable(part.levels).text
      for note in notes(part) { text += note + "\n" }
    }
    if !frozenBounds.isEmpty {
      text +=
        "\nbounds of the risk at critical points whose kinks are in place, from the frozen parameters of some trials\n"
      text += frozenTable.text
    }
    for (cell, reason) in unavailable { text += "\ncell \(cell): \(reason)\n" }
    return text
  }

  private var frozenTable: TextTable {
    var table = TextTable(header: ["cell", "trials", "median", "least", "largest"])
    for (cell, bounds) in frozenBounds {
      table.append(
        [cell, "\(bounds.count)"]
          + (bounds.isEmpty
            ? ["not defined for this target", "", ""]
            : [bounds[(bounds.count - 1) / 2], bounds[0], bounds[bounds.count - 1]].map(ReportText.scientific)))
    }
    return table
  }

  private func optimaTable(_ levels: RiskLevels) -> TextTable {
    var table = TextTable(header: ["h", "m_h", "pattern", "from the bracket", "to"])
    for fit in levels.optima {
      let (lower, upper) = levels.bracket(width: fit.width)
      table.append([
        "\(fit.width)", ReportText.exact(fit.risk), fit.pattern.isEmpty ? "-" : fit.pattern,
        ReportText.exact(lower), upper.map(ReportText.exact) ?? "-",
      ])
    }
    return table
  }

  private func ladderTable(_ levels: RiskLevels) -> TextTable {
    var table = TextTable(header: ["k", "D_k", "other local minima with k - 1 free knots"])
    for fit in levels.ladder {
      let others = levels.otherFreeKnotMinima(pieces: fit.pieces).map { ReportText.exact($0.risk) }
      table.append(["\(fit.pieces)", ReportText.exact(fit.risk), others.isEmpty ? "-" : others.joined(separator: ", ")])
    }
    return table
  }

  private func notes(_ part: Part) -> [String] {
    var notes = [
      "m_h: smallest risk of networks of width h; R and L: neurons active right and left of their kinks, from left to right",
      "D_k: smallest risk of k lines that need not join; \(part.activation.kind == .clipping ? "D_(2h+1)" : "D_(h+1)") <= m_h"
        + (part.levels.isConvexOrConcave && part.activation.kind != .clipping
          ? ", and m_h <= D_h, because the target is convex or concave" : ""),
    ]
    if part.levels.optima.isEmpty { notes.removeFirst() }
    if !part.isWholeFamily {
      notes.append(
        "only a part of the parameters is trained: the levels bound from below what these networks can reach")
    }
    for width in part.levels.inconsistentWidths {
      notes.append("m_\(width) lies outside its bracket: the search has failed there")
    }
    return notes
  }

  /// The levels as JSON; every field is described in Documentation/landscape.md.
  public var json: String {
    ReportText.json(
      LevelsDocument(
        schema: 1, study: study.name,
        parts: parts.map { part in
          LevelsDocument.Part(
            activation: part.activation.kind.rawValue,
            slope: part.activation.kind == .leakyReLU ? part.activation.parameter : nil, cells: part.cells,
            wholeFamily: part.isWholeFamily, convexOrConcave: part.levels.isConvexOrConcave,
            optima: part.levels.optima.map {
              .init(
                width: $0.width, risk: $0.risk, pattern: $0.pattern, knots: $0.knots, coefficients: $0.coefficients,
                lower: part.levels.bracket(width: $0.width).lower, upper: part.levels.bracket(width: $0.width).upper)
            },
            ladder: part.levels.ladder.map {
              .init(
                pieces: $0.pieces, risk: $0.risk, knots: $0.knots,
                otherMinima: part.levels.otherFreeKnotMinima(pieces: $0.pieces).map(\.risk))
            })
        },
        frozenBounds: frozenBounds.map { .init(cell: $0.cell, bounds: $0.bounds) },
        unavailable: unavailable.map { .init(cell: $0.cell, reason: "\($0.reason)") }))
  }
}

private struct LevelsDocument: Encodable {
  struct Optimum: Encodable {
    var width: Int
    var risk: Double
    var pattern: String
    var knots: [Double]
    var coefficients: [Double]
    var lower: Double
    var upper: Double?
  }

  struct Pieces: Encodable {
    var pieces: Int
    var risk: Double
    var knots: [Double]
    var otherMinima: [Double]
  }

  struct Part: Encodable {
    var activation: String
    var slope: Double?
    var cells: [String]
    var wholeFamily: Bool
    var convexOrConcave: Bool
    var optima: [Optimum]
    var ladder: [Pieces]
  }

  struct Frozen: Encodable {
    var cell: String
    var bounds: [Double]
  }

  struct Unavailable: Encodable {
    var cell: String
    var reason: String
  }

  var schema: Int
  var study: String
  var parts: [Part]
  var frozenBounds: [Frozen]
  var unavailable: [Unavailable]
}
