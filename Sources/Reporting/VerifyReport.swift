import Archive
import Estimation
import Foundation
import Ledger
import Studies
import Texts

/// How far the trials of a ledger can be trusted: what reading all of them and computing some anew has shown.
public struct VerifyReport: Sendable {
  private let verification: Verification
  private let study: Study
  private let kernelLevel: String
  private let seed: UInt64
  private let confidence: Double

  /// Reads all trials, and computes some anew.
  ///
  /// - Parameters:
  ///   - selection: the cells; nil for all.
  ///   - seed: of the sample.
  ///   - confidence: of the bound of how many can be wrong.
  public init(
    _ replay: Replay, _ ledger: LedgerReader, cells selection: CellSelection?, sample: Verification.SampleSize,
    seed: UInt64, confidence: Double
  ) throws {
    study = replay.study
    kernelLevel = replay.kernels.level.name
    (self.seed, self.confidence) = (seed, confidence)
    let places = try selection?.places(in: study.cellSettings) ?? Array(study.cells.indices)
    verification = try Verification(replay, ledger, cells: places, sample: sample, seed: seed)
  }

  /// What users are told where bits differ; nil where none do.
  public var failure: String? {
    guard let first = verification.wrong.first else { return nil }
    let count = verification.wrong.count
    return
      "\(count) of \(verification.recomputed) recomputed trials \(count == 1 ? "comes" : "come") out with other bits than "
      + "those that are stored, the first one trial \(first.trial) of cell \(first.cell.label)"
  }

  /// How many of the stored trials can be wrong, with the confidence.
  private var mostWrong: Int {
    LotSample(
      lot: verification.stored - verification.crashed, sampled: verification.recomputed,
      defective: verification.wrong.count
    )
    .mostDefective(at: ConfidenceLevel(confidence))
  }

  public var report: Report {
    let (stored, recomputed, mostWrong) = (verification.stored, verification.recomputed, mostWrong)
    let wrong = ReportTable(
      "wrong", of: verification.wrong,
      [
        ReportField("cell", .text) { .text($0.cell.label) }, ReportField("trial", .count) { .count($0.trial) },
        ReportField(.init("quantities", title: "quantities", .text, alignment: .left)) {
          .text($0.differences.map(\.observable.name).joined(separator: " "))
        },
      ])
    let level = String(format: "%.6g", 100 * confidence)
    let share = stored == 0 ? 0 : 100 * Double(mostWrong) / Double(stored)
    var notes = [
      "\(counted(stored, "trial is", plural: "trials are")) stored, and all that was read of them has its checksums"
    ]
    if verification.crashed > 0 { notes.append("\(verification.crashed) of them crashed, and are left out") }
    if recomputed > 0 {
      notes.append(
        "\(recomputed) of them, chosen at random (seed \(seed)), were recomputed alone, \(kernelLevel): "
          + (failure == nil ? "all have the bits that are stored" : "\(verification.wrong.count) have other bits"))
      notes.append(
        mostWrong == 0
          ? "none of the stored trials has other bits than it should"
          : "with confidence \(level) % at most \(mostWrong) of the stored trials (\(String(format: "%.2g", share)) %) have other "
            + "bits than they should; more are sure with a larger sample (--trials, --share)")
    }
    return Report(
      "verify", schema: 1,
      facts: [
        .init("study", .text(study.name)), .init("kernel_level", .text(kernelLevel)),
        .init("trials_stored", .count(stored)), .init("trials_crashed", .count(verification.crashed)),
        .init("trials_recomputed", .count(recomputed)),
        .init("trials_wrong", .count(verification.wrong.count)), .init("seed", .text(String(seed))),
        .init("confidence", .real(confidence)), .init("most_wrong", .count(mostWrong)),
      ],
      tables: [wrong],
      sections: [
        Report.Section([.heading(study.titleLine), study.programNote]), Report.Section(notes.map { .note($0) }),
        Report.Section(verification.wrong.isEmpty ? [] : [.table(wrong)]),
      ])
  }
}
