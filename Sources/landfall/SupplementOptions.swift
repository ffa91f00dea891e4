import ArgumentParser
import Foundation
import Ledger
import Reporting

/// What a report has on request besides its answer.
struct SupplementOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "The law of the risk: quantiles with intervals, P(risk <= eps) with a band that holds at every eps (tables law, "
        + "law_quantiles)."))
  var law = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With --law: at these eps, such as 1e-4,1e-3, instead of a grid.", valueName: "list"))
  var eps: String?

  @Flag(
    help: ArgumentHelp(
      "How P(good) and the risk move with the width: rising fit, lower bounds that hold together, rates (tables trend, "
        + "rates)."))
  var trend = false

  @Option(parsing: .unconditional, help: "With --trend: the smallest width with P(good) > 1 - delta.")
  var delta: Double?

  @Option(help: "With --trend: monotone, that P(good) does not fall as the width grows.")
  var assume: Assumption?

  @Flag(help: "Trainings and core time until a good one, restarting from scratch (tables restarts, cutoffs).")
  var restarts = false

  /// What bounds may rely on.
  enum Assumption: String, ExpressibleByArgument, CaseIterable {
    case monotone
  }

  /// - Parameter mostCells: with laws, which take the most time and room.
  /// - Throws: ``CommandFailure`` for options that do not go together, and errors of the ledger.
  func supplements(
    of report: StudyReport, in ledger: LedgerReader, mostCells: Int = .max
  ) throws -> [Supplement] {
    if eps != nil, !law { throw CommandFailure(.usage, "--eps is for --law") }
    if delta != nil || assume != nil, !trend { throw CommandFailure(.usage, "--delta and --assume are for --trend") }
    var supplements: [Supplement] = []
    if law { supplements.append(try report.law(in: ledger, bounds: try bounds(), mostCells: mostCells)) }
    if trend {
      let delta = delta ?? 0.05
      guard 0 < delta, delta < 1 else {
        throw CommandFailure(.usage, "--delta must lie between 0 and 1, such as 0.05 (it is \(delta))")
      }
      guard let trend = try report.trend(in: ledger, delta: delta, assumesMonotone: assume == .monotone) else {
        throw CommandFailure(
          .usage,
          "--trend compares widths: it needs at least two cells with trials that differ in their width alone, all hidden "
            + "layers of a cell having the same one")
      }
      supplements.append(trend)
    }
    if restarts { supplements.append(try report.restarts(in: ledger)) }
    return supplements
  }

  /// Nil without the option.
  private func bounds() throws -> [Double]? {
    guard let eps else { return nil }
    let numbers = eps.split(separator: ",").map { Double($0.trimmingCharacters(in: .whitespaces)) }
    let valid = numbers.compactMap(\.self).filter { $0 >= 0 && $0.isFinite }
    guard !valid.isEmpty, valid.count == numbers.count else {
      throw CommandFailure(
        .usage, "--eps is a list of numbers that are not negative, such as 1e-4,1e-3 (it is \"\(eps)\")")
    }
    return Set(valid).sorted()
  }
}
