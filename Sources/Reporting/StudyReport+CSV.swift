import Outcomes

extension StudyReport {
  /// The estimates as CSV, one line a cell; the columns are those of the JSON report.
  public var csv: String {
    let showsEarlyEnds = cells.contains { $0.earlyEnds != nil }
    var text =
      "cell,trials,good,bad,undecided,diverged,p_good,p_good_highest,p_good_lower,p_good_upper,p_good_at_least,p_end,"
      + "p_end_highest,p_end_lower,p_end_upper,p_end_at_least,method,risk_5,risk_50,risk_95,seconds_per_trial"
    if showsEarlyEnds {
      text += ",ended_early"
      for quantity in ["steps", "flow_time"] {
        for column in ["5", "50", "95", "mean", "standard_error"] { text += ",\(quantity)_\(column)" }
      }
    }
    text += "\n"
    for cell in cells {
      let good = cell.good(at: confidence)
      let end = cell.goodAtEnd(at: confidence)
      var fields = [cell.label, "\(cell.trials)"]
      fields += [Verdict.good, .bad, .undecided, .diverged].map { "\(cell.count($0))" }
      for estimate in [good, end] {
        fields += [estimate.shares?.lowerBound, estimate.shares?.upperBound].map { $0.map(CSV.real) ?? "" }
        fields += CSV.columns(estimate).dropFirst()
      }
      fields.append(good.method.rawValue)
      fields += cell.riskQuantiles.isEmpty ? ["", "", ""] : cell.riskQuantiles.map { CSV.real($0.risk) }
      fields.append(cell.secondsPerTrial.map(CSV.real) ?? "")
      if showsEarlyEnds {
        fields.append("\(cell.earlyEnds?.trials ?? 0)")
        for spread in [cell.earlyEnds?.steps, cell.earlyEnds?.flowTime] {
          fields += spread.map { $0.quantiles.map(CSV.real) + [CSV.real($0.mean)] } ?? ["", "", "", ""]
          fields.append(spread?.standardError.map(CSV.real) ?? "")
        }
      }
      text += fields.joined(separator: ",") + "\n"
    }
    return text
  }
}
