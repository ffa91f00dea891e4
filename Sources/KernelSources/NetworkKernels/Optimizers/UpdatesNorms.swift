/// Adds to sums[l] the squares of the elements whose index modulo the lanes is l, in double precision.
public func addSquares(_ vector: UnsafeRawPointer, _ count: Int, _ sums: UnsafeMutablePointer<Double>) {
  let elements = vector.assumingMemoryBound(to: Real.self)
  #if DOUBLE_PRECISION
    var total = Reals(repeating: 0)
    var place = 0
    while place < count {
      let x = load(elements, place)
      total = total + x * x
      place = place &+ realLanes
    }
    for lane in 0..<realLanes { sums[lane] += total[lane] }
  #else
    var low = Doubles(repeating: 0)
    var high = Doubles(repeating: 0)
    var place = 0
    while place < count {
      let x = load(elements, place)
      let xLow = lowDoubles(x)
      let xHigh = highDoubles(x)
      low = low + xLow * xLow
      high = high + xHigh * xHigh
      place = place &+ realLanes
    }
    for lane in 0..<8 {
      sums[lane] += low[lane]
      sums[lane &+ 8] += high[lane]
    }
  #endif
}

/// Multiplies the elements whose index modulo the lanes is l by factors[l], rounded to the precision.
public func scale(_ vector: UnsafeMutableRawPointer, _ count: Int, _ factors: UnsafePointer<Double>) {
  let elements = vector.assumingMemoryBound(to: Real.self)
  var factor = Reals(repeating: 0)
  for lane in 0..<realLanes { factor[lane] = Real(factors[lane]) }
  var place = 0
  while place < count {
    store(load(UnsafePointer(elements), place) * factor, elements, place)
    place = place &+ realLanes
  }
}
