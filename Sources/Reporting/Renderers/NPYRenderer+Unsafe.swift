import Foundation

extension NPYRenderer {
  /// Integers in little-endian order.
  static func data<Integer: FixedWidthInteger>(_ integers: [Integer]) -> Data {
    integers.map(\.littleEndian).withUnsafeBytes { Data($0) }
  }
}
