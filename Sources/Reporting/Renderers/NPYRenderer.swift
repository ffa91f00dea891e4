import Foundation

/// Arrays of numbers in the format that NumPy reads (format version 1.0, numpy.lib.format).
enum NPYRenderer {
  /// What an array is of.
  enum Element: String {
    case int8 = "|i1"
    case int64 = "<i8"
    case float64 = "<f8"

    /// What NumPy calls it.
    var name: String {
      switch self {
      case .int8: "int8"
      case .int64: "int64"
      case .float64: "float64"
      }
    }
  }

  /// Float64 in little-endian order, row after row.
  ///
  /// - Precondition: rows times columns numbers.
  static func data(_ numbers: [Double], rows: Int, columns: Int) -> Data {
    precondition(numbers.count == rows * columns, "a matrix has rows times columns numbers")
    return header(.float64, shape: [rows, columns]) + data(numbers)
  }

  /// What stands before the elements, row after row, of an array of this shape.
  static func header(_ element: Element, shape: [Int]) -> Data {
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    // A tuple of one number has a comma, too.
    let tuple = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
    var header = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(tuple)), }"
    // The numbers begin at a multiple of 64.
    let length = magic.count + 2
    header += String(repeating: " ", count: (64 - (length + header.utf8.count + 1) % 64) % 64) + "\n"
    var data = Data(magic)
    let size = UInt16(header.utf8.count)
    data.append(contentsOf: [UInt8(size & 0xff), UInt8(size >> 8)])
    data.append(contentsOf: header.utf8)
    return data
  }

  /// Elements of an array.
  static func data(_ numbers: [Double]) -> Data { data(numbers.map(\.bitPattern)) }
}
