import Foundation
import FuzzReaders

/// libFuzzer's own `main`, which the package manager's takes the place of.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The package manager calls the entry point of a program by the name of its module.
@_cdecl("fuzzers_main")
public func runFuzzers(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  var (count, arguments) = (count, arguments)
  return runFuzzer(&count, &arguments) { bytes, count in
    reader.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  }
}

/// The reader that FUZZER names.
private let reader: FuzzReader = {
  let name = ProcessInfo.processInfo.environment["FUZZER"] ?? ""
  guard let reader = FuzzReader(rawValue: name) else {
    let names = FuzzReader.allCases.map(\.rawValue).joined(separator: ", ")
    fatalError("FUZZER must be one of \(names) (it is \"\(name)\")")
  }
  return reader
}()
