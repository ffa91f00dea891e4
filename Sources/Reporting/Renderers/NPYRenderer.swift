import Foundation

/// Matrices of numbers in the format that NumPy reads (format version 1.0, numpy.lib.format).
enum NPYRenderer {
  /// Float64 in little-endian order, row after row.
  ///
  /// - Precondition: rows times columns numbers.
  static func data(_ numbers: [Double], rows: Int, columns: Int) -> Data {
    precondition(numbers.count == rows * columns, "a matrix has rows times columns numbers")
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
    // The numbers begin at a multiple of 64.
    let length = magic.count + 2
    header += String(repeating: " ", count: (64 - (length + header.utf8.count + 1) % 64) % 64) + "\n"
    var data = Data(magic)
    let size = UInt16(header.utf8.count)
    data.append(contentsOf: [UInt8(size & 0xff), UInt8(size >> 8)])
    data.append(contentsOf: header.utf8)
    data.reserveCapacity(data.count + 8 * numbers.count)
    for number in numbers {
      let pattern = number.bitPattern
      data.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: pattern >> (8 * UInt64($0))) })
    }
    return data
  }
}
