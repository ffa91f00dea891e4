import Outcomes
import Reporting
import Testing

/// The columns of limits in the export.
extension LandscapeReportTests {
  @Test func exportHasFurtherColumns() throws {
    try withLedger(limit: "{classes: true}", fill) { ledger in
      var text = ""
      let leftOut = try OutcomeExport.csv(ledger) { text += $0 }
      #expect(leftOut == 3)
      let lines = text.split(separator: "\n")
      #expect(
        lines[0]
          == "cell,trial,verdict,risk,gradient_norm,risk_error,steps,dead_neurons,width,margin,quality,certificate,"
          + "constant_risk,limit_risk,limit_decrease,limit_gradient_norm,limit_flow_time,limit_steps,at_rest,global,kind,"
          + "negative_eigenvalues,smallest_eigenvalue,level,level_index,interior_kinks,kinked_neurons,active_neurons,"
          + "inactive_neurons,dying_neurons,initially_dead,signature")
      let outcome = "0.75,1.0000000000000001e-05,0,10000,"
      #expect(
        lines[1]
          == "5,0,good,\(outcome),5,0.89999999999999991,global,,,0.0001,0,1e-13,125,30,true,true,minimum,0,0.25,m,5,4,4,1,1,"
          + "0,1,1.25")
      #expect(lines[3] == "5,2,undecided,\(outcome),5,0,,,,0.002,0,1e-13,125,30,false,false,,0,0.25,D,3,2,2,1,1,0,0,")
      #expect(
        lines[8] == "5,7,bad,\(outcome),5,249,bad,,,0.25,0,1e-13,125,30,true,false,no way down,0,0.25,,,2,2,0,1,0,0,")
      #expect(lines[9] == "5,8,diverged,inf,inf,0,7,,5,inf,,,,,,,,,,,,,,,,,,,,,0,")
      #expect(lines[11] == "20,0,undecided,\(outcome),20,0,,,,,,,,,,,,,,,,,,,,,,")
      #expect(lines.count == 13)
    }
  }
}
