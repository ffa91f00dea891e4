import Kernels

extension KernelLevel {
  /// The level that the option `--kernel` names.
  ///
  /// - Parameters:
  ///   - widest: the widest level there is on `processors`.
  ///   - processors: where it is needed, for the message.
  init(option name: String, upTo widest: KernelLevel, on processors: String) throws(CommandFailure) {
    guard let level = KernelLevel(name: name) else {
      let names = KernelLevel.allCases.map(\.name).joined(separator: ", ")
      throw CommandFailure(.usage, "--kernel takes one of \(names) (it is \"\(name)\")")
    }
    guard level <= widest else {
      throw CommandFailure(
        .usage, "--kernel \(name) is not available on \(processors); the widest is --kernel \(widest.name)")
    }
    self = level
  }
}
