import CMPI
import Foundation

extension Communicator {
  /// Throws unless `code`, what the MPI function `call` returned, is MPI_SUCCESS.
  static func check(_ code: Int32, _ call: String) throws(MessagePassingError) {
    guard code != 0 else { return }
    // int MPI_Error_string(int errorcode, char *string, int *resultlen)
    throw .failedCall(call, code: code, text: String(cString: cmpi_error_text(code)))
  }

  /// Refuses a message that MPI cannot count.
  package static func checkLength(_ bytes: Int) throws(MessagePassingError) {
    guard bytes <= Int(Int32.max) else { throw .messageTooLong(bytes: bytes) }
  }

  /// Every MPI call goes through here first.
  func expectMainThread() {
    precondition(!isFinished, "the communicator has been finished")
    // int MPI_Is_thread_main(int *flag)
    precondition(cmpi_is_main_thread() == 1, "MPI is called on the thread that started it only")
  }

  /// The name and version in MPI's description of itself: its first line up to the first comma, without runs of spaces.
  package static func libraryName(_ version: String) -> String {
    let line = version.split(whereSeparator: \.isNewline).first ?? ""
    let name = line.split(separator: ",").first ?? ""
    return name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// The name of this host as the system knows it, without asking a name server; "unknown" if it has none.
  static func hostName() -> String {
    // int gethostname(char *name, size_t len)
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  func leave(code: Int32) -> Never { _exit(code) }
}
