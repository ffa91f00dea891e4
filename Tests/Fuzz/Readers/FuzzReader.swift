/// A reader of bytes that anybody may have written.
///
/// It says by an error what is wrong with them, which is the end of it here; a trap, memory without bounds or an endless loop
/// is a fault, which Scripts/test-sanitizers looks for.
package enum FuzzReader: String, CaseIterable, Sendable {
  case study, expression, csv, ledger, message

  package func read(_ bytes: [UInt8]) {
    switch self {
    case .study: readStudy(bytes)
    case .expression: readExpression(bytes)
    case .csv: readData(bytes)
    case .ledger: readLedger(bytes)
    case .message: readMessage(bytes)
    }
  }
}

/// Keeps the optimizer from leaving out what is read and not used.
@inline(never)
func use<T>(_ value: T) {}
