import Estimation
import Foundation
import Outcomes

extension TrajectoryReport {
  /// The laws as CSV: one line a cell, quantity and checkpoint.
  public var csv: String {
    // A bound may be there for one quantity and not for another: its columns are empty then.
    var bounds: [Double] = []
    for bound in tables.flatMap(\.bounds) where !bounds.contains(bound.given) { bounds.append(bound.given) }
    var header = ["cell", "quantity", "step", "trials", "non_finite", "rms"]
    for share in shares { header += ["above", "at_most"].map { "quantile_\(ReportText.name(share))_\($0)" } }
    for bound in bounds {
      let name = ReportText.name(bound)
      header += ["edge_\(name)", "p_\(name)"] + ["lower", "upper", "at_least"].map { "p_\(name)_\($0)" }
    }
    var text = (header + ["method"]).joined(separator: ",") + "\n"
    for table in tables {
      for line in table.lines {
        var fields = [
          table.cell.label, table.quantity.word.replacingOccurrences(of: "-", with: "_"), "\(line.step)",
          "\(table.trials)", "\(line.nonFinite)", line.rootMeanSquare.map(CSV.real) ?? "",
        ]
        fields +=
          line.quantiles.isEmpty
          ? shares.flatMap { _ in ["", ""] } : line.quantiles.flatMap { [CSV.real($0.lower), CSV.real($0.upper)] }
        for bound in bounds {
          guard let place = table.bounds.firstIndex(where: { $0.given == bound }) else {
            fields += Array(repeating: "", count: 5)
            continue
          }
          let estimate = line.atMost[place]
          fields += [CSV.real(table.bounds[place].edge)] + CSV.columns(estimate)
        }
        text += (fields + [table.method.rawValue]).joined(separator: ",") + "\n"
      }
    }
    return text
  }
}
