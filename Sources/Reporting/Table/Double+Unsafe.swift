import Foundation

extension Double {
  /// The number as `printf` prints it by "%.17g": with 17 significant digits, which determine it. Exports have many.
  var exactText: String {
    // "-0" is no integer's text.
    if self == rounded(), magnitude < 1e15, sign == .plus || self != 0 { return String(Int64(self)) }
    return withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { buffer in
      let text = buffer.bindMemory(to: CChar.self)
      // At most 24 characters: a sign, 17 digits, a point, and e-308.
      let count = withVaList([self]) { vsnprintf(text.baseAddress!, text.count, "%.17g", $0) }
      return String(decoding: buffer.prefix(Int(count)), as: UTF8.self)
    }
  }
}
