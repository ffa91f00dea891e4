import Archive
import Estimation
import Foundation
import Studies
import Trials
import Texts

/// What a study will take, from some trials of each of its cells: core time, wall time, bytes, jobs, and trials for targets.
public struct PlanReport: Sendable {
  /// What is asked for.
  public struct Choices: Sendable {
    /// Numbers of ranks, with one compute thread each.
    public var ranks = [1]
    /// Seconds that a job may take; nil for no limit.
    public var jobSeconds: Double?
    /// Half of the length of an interval.
    public var halfWidth = 0.01
    /// That P(good) is to exceed, at ``probabilityConfidence``.
    public var probability = 0.999
    public var probabilityConfidence = 0.99
    /// Between two cells, with ``power``.
    public var difference = 0.05
    public var power = 0.9

    public init() {}
  }

  private struct Row {
    let label: String
    /// Trials that the cell will have.
    let trials: Int
    let sample: CostForecast.Sample
    let forecast: CostForecast
    let good: BracketedProportion
    let bytes: Double

    var share: Double? { good.shares.map { ($0.lowerBound + $0.upperBound) / 2 } }
  }

  /// A job ends so many seconds before its limit.
  private static let jobMargin = 90.0
  private static let level = ConfidenceLevel(0.9)

  private let study: Study
  private let settings: [CellSettings]
  private let kernelLevel: String
  private let choices: Choices
  private let rows: [Row]
  private let total: CostForecast
  private let bytes: Double

  /// - Parameters:
  ///   - places: of the cells that are timed, in the study.
  ///   - timings: of these cells.
  /// - Precondition: the study has its reference risks, and there are cells.
  public init(
    _ prepared: PreparedStudy, cells places: [Int], timings: [TrialTiming], kernelLevel: String, _ choices: Choices
  ) {
    study = prepared.study
    settings = study.cellSettings
    self.kernelLevel = kernelLevel
    self.choices = choices
    let sampling = study.sampling
    rows = zip(places, timings).map { [study] place, timing in
      let runner = prepared.runners[place]
      let (event, good) = (sampling.rule?.event ?? .good, timing.counts(.good, of: runner))
      var trials = study.trials(of: runner.cell)
      if let rule = sampling.stoppingRule {
        let counts = event == .good ? good : timing.counts(event, of: runner)
        trials = min(trials, rule.likelyTrials(after: counts) ?? trials)
      }
      let sample = CostForecast.Sample(
        blockSize: timing.blockSize, costs: timing.seconds.map { $0 * timing.blockFactor(trials: trials) },
        trials: trials,
        hasLongTail: timing.results.contains { !$0.analyses.isEmpty })
      let blocks = max(8, Double(trials) * sample.meanCost / 0.4, Double(trials) / 10_000)
      return Row(
        label: runner.cell.label, trials: trials, sample: sample, forecast: CostForecast([sample], at: Self.level),
        good: good,
        bytes: LedgerSize(timing.results).bytes(trials: trials, blocks: min(blocks, Double(trials))))
    }
    total = CostForecast(rows.map(\.sample), at: Self.level)
    bytes = rows.reduce(LedgerSize.ofEmptyLedger) { $0 + $1.bytes }
  }

  public var report: Report {
    Report(
      "plan", schema: 1,
      facts: [
        .init("study", .text(study.name)), .init("kernel_level", .text(kernelLevel)),
        .init("core_seconds", .real(total.expected)), .init("core_seconds_low", .real(total.interval.lowerBound)),
        .init("core_seconds_high", .real(total.interval.upperBound)), .init("ledger_bytes", .real(bytes.rounded())),
      ],
      tables: [cellTable(isData: true), wallTable, targetTable(isData: true)],
      sections: [
        Report.Section([.heading(study.titleLine), .note(provenance), study.programNote]),
        Report.Section([.heading(totalText), .table(cellTable(isData: false))]),
        Report.Section([.heading("wall time"), .table(wallTable)] + wallNotes.map { .note($0) }),
        Report.Section(
          [.heading("trials a cell for a target, planned before the first look"), .table(targetTable(isData: false))]
            + targetNotes.map { .note($0) }),
      ])
  }

  private var provenance: String {
    let seconds = rows.reduce(0) { $0 + $1.sample.costs.reduce(0, +) }
    let trials = rows.reduce(0) { $0 + $1.good.trials }
    return "timed \(counted(trials, "trial")) in \(Self.duration(seconds)) on one core, \(kernelLevel), limits included"
  }

  private var totalText: String {
    let range = total.interval
    return "core time \(Self.duration(total.expected)), 90 %: \(Self.duration(range.lowerBound)) to "
      + "\(Self.duration(range.upperBound)); ledger about \(Self.size(bytes))"
  }

  private var cellHeader: String { settings.allSatisfy(\.varied.isEmpty) ? "width" : "cell" }

  private var isRuled: Bool { study.sampling.rule != nil }

  private func labels(isData: Bool) -> [ReportField<Row>] {
    isData
      ? CellColumns(settings).fields(\Row.label)
      : [ReportField(.init("cell", title: cellHeader, .text)) { .text($0.label) }]
  }

  private func cellTable(isData: Bool) -> ReportTable {
    var fields =
      labels(isData: isData) + [
        ReportField(.init("trials", title: isRuled ? "likely trials" : "trials", .count)) { .count($0.trials) },
        ReportField(.init("timed_trials", title: "timed", .count)) { .count($0.good.trials) },
        ReportField(.init("seconds_per_trial", title: "time/trial", .real(.duration))) { .real($0.sample.meanCost) },
      ]
    if isData {
      fields += [
        ReportField("core_seconds", .real(.exact)) { .real($0.forecast.expected) },
        ReportField("core_seconds_low", .real(.exact)) { .real($0.forecast.interval.lowerBound) },
        ReportField("core_seconds_high", .real(.exact)) { .real($0.forecast.interval.upperBound) },
        ReportField("ledger_bytes", .real(.exact)) { .real($0.bytes.rounded()) },
        ReportField("good", .count) { .count($0.good.successes) },
        ReportField("undecided", .count) { .count($0.good.undecided) },
      ]
    } else {
      fields += [
        ReportField("core time", .text) { .text(Self.duration($0.forecast.expected)) },
        ReportField("90 %", .text) {
          let range = $0.forecast.interval
          return .text("\(Self.duration(range.lowerBound)) .. \(Self.duration(range.upperBound))")
        },
        ReportField(.init("share", "share_highest", title: "P so far", .share)) {
          .pair($0.good.shares?.lowerBound, $0.good.shares?.upperBound)
        },
      ]
    }
    return ReportTable("cells", of: rows, fields)
  }

  // MARK: - Wall time

  private var wallTable: ReportTable {
    typealias Wall = (ranks: Int, expected: Double, low: Double, high: Double)
    let walls = choices.ranks.map { ranks -> Wall in
      let share = 1 / Double(ranks)
      return (ranks, total.expected * share, total.interval.lowerBound * share, total.interval.upperBound * share)
    }
    var fields: [ReportField<Wall>] = [
      ReportField("ranks", .count) { .count($0.ranks) },
      ReportField(.init("wall", title: "wall time", .text)) { .text(Self.duration($0.expected)) },
      ReportField(.init("wall_90", title: "90 %", .text)) {
        .text("\(Self.duration($0.low)) .. \(Self.duration($0.high))")
      },
      ReportField(.init("core_hours", title: "core-hours", .real(.digits(3)))) {
        .real($0.expected * Double($0.ranks) / 3600)
      },
    ]
    if let limit = choices.jobSeconds {
      let usable = limit - min(Self.jobMargin, limit / 10)
      fields.append(
        ReportField(.init("jobs", title: "jobs of \(Self.duration(limit))", .count)) {
          .count(max(1, Int(($0.high / usable).rounded(.up))))
        })
    }
    return ReportTable("wall", of: walls, fields)
  }

  private var wallNotes: [String] {
    var notes = [
      "ranks with one thread each, on cores like this one; start, end and the last blocks of a run take some seconds more"
    ]
    if choices.jobSeconds != nil {
      notes.append(
        "jobs: for the upper end, one after the other, each with --max-walltime \(Self.duration(Self.jobMargin)) below its limit; "
          + "each continues the ledger of the one before")
    }
    if isRuled {
      notes.append(
        "likely trials: at the shares of the timed trials, at most sampling.until.at-most; without a promise")
    }
    return notes
  }

  // MARK: - Trials for targets

  private func targetTable(isData: Bool) -> ReportTable {
    typealias Target = (row: Row?, share: Double?)
    let confidence = ConfidenceLevel(study.sampling.confidence)
    let targets: [Target] = rows.map { ($0, $0.share) } + [(nil, 0.5)]
    let labels: [ReportField<Target>] =
      isData
      ? CellColumns(settings).fields { $0.row?.label ?? "worst case" }
      : [ReportField(.init("cell", title: cellHeader, .text)) { .text($0.row?.label ?? "any") }]
    return ReportTable(
      "targets", of: targets,
      labels + [
        ReportField(.init("share", title: "at P", .real(.digits(3)))) { .real($0.share) },
        ReportField(.init("half_width", title: "+-\(ReportText.short(choices.halfWidth))", .count)) { target in
          .count(
            target.share.flatMap { SampleSize.forHalfWidth(choices.halfWidth, share: $0, at: confidence) })
        },
        ReportField(
          .init("lower_bound", title: "P >= \(ReportText.short(choices.probability))", .count)
        ) { target in
          // Where failures are seen the bound is for fewer of them than there will be.
          target.row == nil || target.row?.good.lowest.failures == 0
            ? .count(
              SampleSize.forLowerBound(
                choices.probability, at: ConfidenceLevel(choices.probabilityConfidence)))
            : .missing
        },
        ReportField(
          .init("difference", title: "difference \(ReportText.short(choices.difference))", .count)
        ) { target in
          .count(
            target.share.flatMap { share in
              // To the side where there is room, and more scatter.
              let other = share > 0.5 ? share - choices.difference : share + choices.difference
              return SampleSize.forDifference(share, other, power: choices.power, at: confidence)
            })
        },
      ])
  }

  private var targetNotes: [String] {
    let confidence = ReportText.percent(study.sampling.confidence)
    let (power, sure) = (ReportText.percent(choices.power), ReportText.percent(choices.probabilityConfidence))
    return [
      "+-\(ReportText.short(choices.halfWidth)): half of the \(confidence) interval, Clopper-Pearson; any: P = 1/2, the worst",
      "P >= \(ReportText.short(choices.probability)): with confidence \(sure), if no trial fails and none is undecided; "
        + "none is given where some did",
      "difference: of P between two cells, found with power \(power) by a two-sided test at \(confidence) (normal "
        + "approximation)",
      "undecided trials cost more: their share stays in the interval, however many trials there are",
    ]
  }

  // MARK: - Text

  /// "35 s", "12 min", "3.4 h", "2.5 d".
  static func duration(_ seconds: Double) -> String {
    func text(_ value: Double, _ unit: String) -> String {
      value < 9.95 ? String(format: "%.1f \(unit)", value) : String(format: "%.0f \(unit)", value)
    }
    if seconds < 1 { return ReportTable.Format.duration.text(seconds) }
    if seconds < 120 { return text(seconds, "s") }
    if seconds < 7200 { return text(seconds / 60, "min") }
    return seconds < 172_800 ? text(seconds / 3600, "h") : text(seconds / 86_400, "d")
  }

  private static func size(_ bytes: Double) -> String {
    if bytes < 1e6 { return String(format: "%.0f kB", bytes / 1e3) }
    return bytes < 1e9 ? String(format: "%.1f MB", bytes / 1e6) : String(format: "%.1f GB", bytes / 1e9)
  }
}

extension TrialTiming {
  /// How often an event happened in the timed trials; all are undecided where there is no judge.
  fileprivate func counts(_ event: TrialEvent, of runner: CellRunner) -> BracketedProportion {
    guard let judge = runner.judge else { return BracketedProportion(successes: 0, failures: 0, trials: trials) }
    let found = results.flatMap { event.results(of: $0, judge: judge) }
    return BracketedProportion(
      successes: found.count { $0 == true }, failures: found.count { $0 == false }, trials: found.count)
  }
}
