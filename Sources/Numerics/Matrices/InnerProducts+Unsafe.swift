/// sum += factor * vector.
@inlinable @inline(always)
public func addMultiple(
  _ factor: Double, _ vector: UnsafePointer<Double>, to sum: UnsafeMutablePointer<Double>, _ count: Int
) {
  if factor == 0 { return }
  var i = 0
  while i &+ 4 <= count {
    let product = UnsafeRawPointer(vector + i).loadUnaligned(as: SIMD4<Double>.self) * factor
    let old = UnsafeRawPointer(sum + i).loadUnaligned(as: SIMD4<Double>.self)
    UnsafeMutableRawPointer(sum + i).storeBytes(of: old + product, as: SIMD4<Double>.self)
    i &+= 4
  }
  while i < count {
    sum[i] += factor * vector[i]
    i &+= 1
  }
}

/// The sum of the products, in four partial sums.
@inlinable @inline(always)
public func innerProduct(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  var sum = SIMD4<Double>.zero
  var i = 0
  while i &+ 4 <= count {
    sum += load(a + i) * load(b + i)
    i &+= 4
  }
  var rest = 0.0
  while i < count {
    rest += a[i] * b[i]
    i &+= 1
  }
  return sum.sum() + rest
}

@inlinable @inline(always)
func load(_ p: UnsafePointer<Double>) -> SIMD4<Double> {
  UnsafeRawPointer(p).loadUnaligned(as: SIMD4<Double>.self)
}

extension SymmetricMatrix {
  /// Sets the matrix to A B^T, which is symmetric, from its lower triangle: A and B have as many rows as the matrix.
  ///
  /// - Parameters:
  ///   - a, b: row by row.
  ///   - length: the length of a row.
  public mutating func setLowerProducts(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, length: Int) {
    let n = order
    storage.withUnsafeMutableBufferPointer { storage in
      guard let out = storage.baseAddress else { return }
      var i = 0
      while i &+ 1 < n {
        let (a0, a1) = (a + i * length, a + (i + 1) * length)
        var j = 0
        while j <= i {
          let (b0, b1) = (b + j * length, b + (j + 1) * length)
          var (s00, s01, s10, s11) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
          var k = 0
          while k &+ 4 <= length {
            let (x0, x1, y0, y1) = (load(a0 + k), load(a1 + k), load(b0 + k), load(b1 + k))
            s00 += x0 * y0
            s01 += x0 * y1
            s10 += x1 * y0
            s11 += x1 * y1
            k &+= 4
          }
          var (r00, r01, r10, r11) = (s00.sum(), s01.sum(), s10.sum(), s11.sum())
          while k < length {
            r00 += a0[k] * b0[k]
            r01 += a0[k] * b1[k]
            r10 += a1[k] * b0[k]
            r11 += a1[k] * b1[k]
            k &+= 1
          }
          out[i * n + j] = r00
          out[i * n + j + 1] = r01
          out[(i + 1) * n + j] = r10
          out[(i + 1) * n + j + 1] = r11
          j &+= 2
        }
        i &+= 2
      }
      if i < n {
        for j in 0...i { out[i * n + j] = innerProduct(a + i * length, b + j * length, length) }
      }
      for row in 0..<n {
        for column in row + 1..<max(n, row + 1) { out[row * n + column] = out[column * n + row] }
      }
    }
  }
}
