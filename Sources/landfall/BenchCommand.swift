import ArgumentParser
import Kernels
import Studies
import Trials

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the kernels on this machine: time per network and optimizer step, one thread.",
    discussion: """
      Example: landfall bench

      The whole training loop counts: random numbers, batches, gradients, updates. Each figure is the least of several \
      repetitions. The peak is that of independent multiply-adds in single precision, measured beside them.
      """)

  func run() throws {
    try reportingFailures {
      let cases = [("shallow-he", 0), ("inner-bias", 0), ("inner-bias", 1), ("inner-bias", 2)]
      for level in KernelLevel.supported {
        let benchmark = KernelBenchmark(kernels: KernelTable(level))
        print("\(level.name): peak \(rounded(benchmark.peak() / 1e9)) GFLOP/s")
        for (name, cell) in cases {
          let study = try Study.load(name, overrides: [Override(key: "training.steps", value: "500")])
          let shared = try Study.load(
            name,
            overrides: [
              Override(key: "training.steps", value: "500"), Override(key: "training.batch.stream", value: "shared"),
            ])
          let own = try benchmark.secondsPerStep(PreparedStudy(study).runners[cell], networks: 8)
          let together = try benchmark.secondsPerStep(PreparedStudy(shared).runners[cell], networks: 300)
          print(
            "  \(name) 1-\(study.cells[cell].label)-1, batch 1024: independent streams \(rounded(own * 1e6)) us, "
              + "shared stream \(rounded(together * 1e6)) us")
        }
      }
    }
  }

  private func rounded(_ value: Double) -> String {
    let scale = value < 10 ? 1000.0 : 10.0
    return "\((value * scale).rounded() / scale)"
  }
}
