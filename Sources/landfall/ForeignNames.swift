import Foundation
import Texts

/// Arguments and folders whose bytes are not UTF-8. Swift would put other characters in place of such bytes, so that
/// another file would be meant, and two names could become one: they are refused.
enum ForeignNames {
  /// What is wrong with an argument of this process, or with the folder that it was started in; nil if nothing is.
  static var objection: String? {
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[index], let shown = objection(argument) else { continue }
      return
        "the argument \"\(ForeignText.cut(shown))\" is not UTF-8, and files with such names are not written or read; give the "
        + "file a name in UTF-8"
    }
    guard let folder = getcwd(nil, 0) else { return nil }
    defer { free(folder) }
    return objection(folder).map {
      "the name of the current folder, \($0), is not UTF-8, and files below it could not be named; rename it, or start in "
        + "another folder"
    }
  }

  /// What is wrong with an environment variable that names folders; nil if nothing is.
  static func objection(toVariables names: [String]) -> String? {
    for name in names {
      guard let value = getenv(name), let shown = objection(value) else { continue }
      return
        "the environment variable \(name) is \"\(ForeignText.cut(shown))\", which is not UTF-8, and what is there could not be "
        + "named; set it to another folder"
    }
    return nil
  }

  private static func objection(_ text: UnsafePointer<CChar>) -> String? {
    ForeignBytes.objection(UnsafeBufferPointer(start: text, count: strlen(text)).map(UInt8.init(bitPattern:)))
  }
}
