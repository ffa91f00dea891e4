import Kernels
import Landscape
import Networks
import Problems
import Studies
import Texts

/// The reference risks of a study's problem: the optima m_h, the ladder D_k and what brackets them.
public struct LevelsReport: Sendable {
  /// The levels of networks with one activation on one problem.
  public struct Part: Sendable {
    public let activation: Activation
    public let levels: RiskLevels
    /// Which cells the levels are those of.
    public let cells: [String]
    /// Of these cells.
    public let largestWidth: Int
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
        largestWidth: own.map(\.architecture.width).max() ?? 0,
        isWholeFamily: own.allSatisfy { $0.trained.count == $0.architecture.blocks.count })
    }
    unavailable = cells.compactMap { cell in
      if case .unavailable(let reason) = cell.levelAvailability { (cell.label, reason) } else { nil }
    }
  }

  /// The levels; the data are described in Documentation/landscape.md.
  public var report: Report {
    var sections = [Report.Section([.heading(study.titleLine), study.programNote])]
    for part in parts {
      var title = "levels of shallow \(part.activation.kind.rawValue) networks"
      if part.activation.kind == .leakyReLU { title += " of slope \(ReportText.short(part.activation.parameter))" }
      if parts.count > 1 { title += " (cells \(part.cells.joined(separator: ", ")))" }
      sections.append(Report.Section([.heading(title)]))
      if !part.levels.optima.isEmpty { sections.append(Report.Section([.table(optima(part.levels))])) }
      sections.append(Report.Section([.table(ladder(part))] + notes(part).map { .note($0) }))
    }
    if !frozenBounds.isEmpty {
      sections.append(
        Report.Section([
          .heading(
            "bounds of the risk at critical points whose kinks are in place, from the frozen parameters of some trials"),
          .table(frozenOverview),
        ]))
    }
    sections += unavailable.map { cell, reason in Report.Section([.note("cell \(cell): \(reason)")]) }
    return Report(
      "levels", schema: 2, facts: [.init("study", .text(study.name)), .init("source", .text(study.source))],
      tables: tables, sections: sections)
  }

  // MARK: - Text

  private typealias Fit = (levels: RiskLevels, width: Int, risk: Double, pattern: String)

  private func optima(_ levels: RiskLevels) -> ReportTable {
    ReportTable(
      "optima", of: levels.optima.map { fit -> Fit in (levels, fit.width, fit.risk, fit.pattern) },
      [
        ReportField("h", .count) { .count($0.width) },
        ReportField("m_h", .real(.exact)) { .real($0.risk) },
        ReportField("pattern", .text) { $0.pattern.isEmpty ? .missing : .text($0.pattern) },
        ReportField("from the bracket", .real(.exact)) { .real($0.levels.bracket(width: $0.width).lower) },
        ReportField("to", .real(.exact)) { .real($0.levels.bracket(width: $0.width).upper) },
      ])
  }

  /// The most minima that a line shows besides D_k.
  private static let mostOtherMinima = 3

  /// The pieces of networks of the largest width, which are the last line of the ladder for readers.
  private func mostPieces(_ part: Part) -> Int {
    part.activation.kind == .clipping ? 2 * part.largestWidth + 1 : part.largestWidth + 1
  }

  private func ladder(_ part: Part) -> ReportTable {
    let levels = part.levels
    return ReportTable(
      "ladder", of: levels.ladder.filter { $0.pieces <= mostPieces(part) },
      [
        ReportField("k", .count) { .count($0.pieces) },
        ReportField("D_k", .real(.exact)) { .real($0.risk) },
        ReportField("other local minima with k - 1 free knots", .list(.exact)) {
          .list(levels.otherFreeKnotMinima(pieces: $0.pieces).prefix(Self.mostOtherMinima).map { .real($0.risk) })
        },
      ])
  }

  private typealias Frozen = (cell: String, bounds: [Double])

  /// Bounds of some trials, ascending.
  private var frozenOverview: ReportTable {
    ReportTable(
      "frozen_bounds", of: frozenBounds,
      [
        ReportField<Frozen>("cell", .text) { .text($0.cell) },
        ReportField("trials", .count) { .count($0.bounds.count) },
        ReportField("median", .real(.scientific(2))) {
          $0.bounds.isEmpty ? .text("not defined for this target") : .real($0.bounds[($0.bounds.count - 1) / 2])
        },
        ReportField("least", .real(.scientific(2))) { .real($0.bounds.first) },
        ReportField("largest", .real(.scientific(2))) { .real($0.bounds.last) },
      ])
  }

  private func notes(_ part: Part) -> [String] {
    var notes = [
      "m_h: smallest risk of networks of width h; R and L: neurons active right and left of their kinks, from left to right",
      "D_k: smallest risk of k lines that need not join; \(part.activation.kind == .clipping ? "D_(2h+1)" : "D_(h+1)") <= m_h"
        + (part.levels.isConvexOrConcave && part.activation.kind != .clipping
          ? ", and m_h <= D_h, because the target is convex or concave" : ""),
    ]
    if part.levels.optima.isEmpty { notes.removeFirst() }
    let ladder = part.levels.ladder
    if ladder.contains(where: {
      $0.pieces > mostPieces(part) || part.levels.otherFreeKnotMinima(pieces: $0.pieces).count > Self.mostOtherMinima
    }) {
      notes.append(
        "shown are lines of at most \(mostPieces(part)) pieces and \(Self.mostOtherMinima) other minima each; --format json has "
          + "all, up to \(counted(ladder.last?.pieces ?? 0, "piece"))")
    }
    if !part.isWholeFamily {
      notes.append(
        "only a part of the parameters is trained: the levels bound from below what these networks can reach")
    }
    for width in part.levels.inconsistentWidths {
      notes.append("m_\(width) lies outside its bracket: the search has failed there")
    }
    return notes
  }

  // MARK: - Data

  private typealias Row<Value> = (part: Int, value: Value)

  private var tables: [ReportTable] {
    func rows<Value>(_ values: (Part) -> [Value]) -> [Row<Value>] {
      parts.enumerated().flatMap { part, levels in values(levels).map { (part, $0) } }
    }
    func numbers(_ values: [Double]) -> ReportCell { .list(values.map { .real($0) }) }
    let optima = ReportTable(
      "optima", of: rows(\.levels.optima),
      [
        ReportField("part", .count) { .count($0.part) },
        ReportField("width", .count) { .count($0.value.width) },
        ReportField("risk", .real(.exact)) { .real($0.value.risk) },
        ReportField("pattern", .text) { .text($0.value.pattern) },
        ReportField("lower", .real(.exact)) { .real(parts[$0.part].levels.bracket(width: $0.value.width).lower) },
        ReportField("upper", .real(.exact)) { .real(parts[$0.part].levels.bracket(width: $0.value.width).upper) },
        ReportField("knots", .list(.exact)) { numbers($0.value.knots) },
        ReportField("coefficients", .list(.exact)) { numbers($0.value.coefficients) },
      ])
    let ladder = ReportTable(
      "ladder", of: rows(\.levels.ladder),
      [
        ReportField("part", .count) { .count($0.part) },
        ReportField("pieces", .count) { .count($0.value.pieces) },
        ReportField("risk", .real(.exact)) { .real($0.value.risk) },
        ReportField("knots", .list(.exact)) { numbers($0.value.knots) },
        ReportField("other_minima", .list(.exact)) {
          numbers(parts[$0.part].levels.otherFreeKnotMinima(pieces: $0.value.pieces).map(\.risk))
        },
      ])
    return [optima, ladder, partTable] + cellTables
  }

  private var partTable: ReportTable {
    ReportTable(
      "parts", of: parts.enumerated(),
      [
        ReportField("part", .count) { .count($0.offset) },
        ReportField("activation", .text) { .text($0.element.activation.kind.rawValue) },
        ReportField("slope", .real(.exact)) {
          $0.element.activation.kind == .leakyReLU ? .real($0.element.activation.parameter) : .missing
        },
        ReportField("cells", .list(.exact)) { .list($0.element.cells.map { .text($0) }) },
        ReportField("whole_family", .truth) { .truth($0.element.isWholeFamily) },
        ReportField("convex_or_concave", .truth) { .truth($0.element.levels.isConvexOrConcave) },
      ])
  }

  private var cellTables: [ReportTable] {
    let columns = CellColumns(study.cellSettings)
    return [
      ReportTable(
        "frozen_bounds", of: frozenBounds,
        columns.fields(\Frozen.cell) + [
          ReportField("bounds", .list(.exact)) { .list($0.bounds.map { .real($0) }) }
        ]),
      ReportTable(
        "unavailable", of: unavailable,
        columns.fields(\(cell: String, reason: LevelError).cell) + [
          ReportField("reason", .text) { .text("\($0.reason)") }
        ]),
    ]
  }
}
