import Problems
import Texts

extension Study {
  /// What was read of each data set, one line each, ready for a terminal: `problem.data: 2 points, 1 coordinate and a label;
  /// line 1 is a header: x, y`. Of many data sets the first ones.
  public var dataSummaries: [String] {
    var summaries: [String] = []
    var last: DataSet?
    for case .data(let data) in families.map(\.problem.inputs) where data != last {
      last = data
      var file = ""
      if case .file(let source) = data.origin, !source.path.isEmpty { file = " \(source.path):" }
      let summary = ForeignText.escapedInLine("problem.data:\(file) \(data.summary)")
      if !summaries.contains(summary) { summaries.append(summary) }
    }
    let most = 5
    if summaries.count <= most { return summaries }
    return summaries.prefix(most - 1) + ["problem.data: \(counted(summaries.count - most + 1, "other data set"))"]
  }
}
