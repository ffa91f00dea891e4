import Outcomes

/// The laws as JSON; every field is described in Documentation/trajectories.md.
struct TrajectoryDocument: Codable, Hashable {
  /// Grows when a field changes its meaning or goes away.
  static let schemaVersion = 1

  struct Quantile: Codable, Hashable {
    var share: Double
    var above: Double
    var atMost: Double
  }

  struct Bound: Codable, Hashable {
    var bound: Double
    var edge: Double
    var p: ReportDocument.Bounds
  }

  struct Point: Codable, Hashable {
    var step: Int
    var nonFinite: Int
    /// Null without trials.
    var rms: Double?
    var quantiles: [Quantile]
    var atMost: [Bound]
  }

  struct Table: Codable, Hashable {
    var cell: String
    var key: String
    var kernel: String
    var quantity: String
    var trials: Int
    var points: [Point]
  }

  var schema: Int
  var study: String
  var source: String
  var definitionHash: String
  var batchStream: String
  var kernelLevel: String
  var confidence: Double
  var binsPerDecade: Int
  var tables: [Table]
}

extension TrajectoryReport {
  var document: TrajectoryDocument {
    TrajectoryDocument(
      schema: TrajectoryDocument.schemaVersion, study: study.name, source: study.source, definitionHash: definitionHash,
      batchStream: study.batchStreamText, kernelLevel: kernelLevel,
      confidence: study.sampling.confidence, binsPerDecade: LogarithmicGrid.binsPerDecade,
      tables: tables.map { table in
        TrajectoryDocument.Table(
          cell: table.cell.label, key: table.cell.key.text, kernel: table.cell.kernel, quantity: table.quantity.word,
          trials: table.trials,
          points: table.lines.map { line in
            TrajectoryDocument.Point(
              step: line.step, nonFinite: line.nonFinite, rms: line.rootMeanSquare,
              quantiles: zip(shares, line.quantiles).map { .init(share: $0, above: $1.lower, atMost: $1.upper) },
              atMost: zip(table.bounds, line.atMost).map { .init(bound: $0.given, edge: $0.edge, p: .init($1)) })
          })
      })
  }

  /// The laws as JSON text.
  public var json: String { ReportText.json(document) }
}
