// Matrix products in register blocks, with lanes over the columns of the result: a few rows times a few vectors are held
// in registers while one sum runs over the steps. One block serves all products of a layer, because the scalar factor
// has a stride for rows and one for steps. With samples s, inputs k and neurons j of a layer:
//
//   forward    z[s][j] = b[j] + sum_k x[s][k] W[k][j]
//   backward   g[s][k] = D[s][k] sum_j g'[s][j] W[k][j], with the transposed weights
//   weights    dW[k][j] += sum_s x[s][k] g[s][j]
//
// Every element is a sum in the order of its steps, so results do not depend on the shape of the blocks, which differs
// between kernel levels with the number and width of the registers.

#if WIDE_REGISTERS
  // 32 registers of 64 bytes: at most 8 x 3 sums.
  typealias Register = Reals
  let blockRows = 8
#elseif FUSED_MULTIPLY_ADD
  // 16 registers of 32 bytes: at most 4 x 3 sums.
  #if DOUBLE_PRECISION
    typealias Register = SIMD4<Double>
  #else
    typealias Register = SIMD8<Float>
  #endif
  let blockRows = 4
#else
  // 16 registers of 16 bytes.
  #if DOUBLE_PRECISION
    typealias Register = SIMD2<Double>
  #else
    typealias Register = SIMD4<Float>
  #endif
  let blockRows = 4
#endif

let registerLanes = MemoryLayout<Register>.size / MemoryLayout<Real>.size

/// What a block starts from and what becomes of its sums.
enum BlockUse {
  /// Starts from the biases; the sums are pre-activations.
  static let forward: Int32 = 0
  /// Starts from the biases; stores the positive part.
  static let forwardPositive: Int32 = 1
  /// Multiplies what it finds by the sums.
  static let backward: Int32 = 2
  /// Replaces what it finds by the sums where it is positive, by 0 elsewhere.
  static let backwardPositive: Int32 = 3
  /// Adds the sums to what it finds.
  static let addition: Int32 = 4
  /// Stores the sums.
  static let product: Int32 = 5
}

/// One product: rows x columns, each a sum over steps.
struct MatrixProduct {
  /// The scalar factor: row i, step k at i * scalarRow + k * scalarStep.
  let scalars: UnsafePointer<Real>
  let scalarRow: Int
  let scalarStep: Int
  /// The vector factor: step k at k * vectorStep.
  let vectors: UnsafePointer<Real>
  let vectorStep: Int
  let steps: Int
  /// Row i at i * resultRow.
  let result: UnsafeMutablePointer<Real>
  let resultRow: Int
  /// A number for each column: what the forward uses start from.
  var biases: UnsafePointer<Real>?
}

@inline(always)
func loadRegister(_ pointer: UnsafePointer<Real>, _ offset: Int) -> Register {
  UnsafeRawPointer(pointer + offset).assumingMemoryBound(to: Register.self).pointee
}

@inline(always)
func storeRegister(_ value: Register, _ pointer: UnsafeMutablePointer<Real>, _ offset: Int) {
  UnsafeMutableRawPointer(pointer + offset).assumingMemoryBound(to: Register.self).pointee = value
}

/// sum + a * b, fused where the level has the instruction.
@inline(always)
func addProduct(_ sum: Register, _ a: Register, _ b: Register) -> Register {
  #if FUSED_MULTIPLY_ADD
    sum.addingProduct(a, b)
  #else
    sum + a * b
  #endif
}

/// A row of a block: up to three vectors.
struct BlockRow {
  var c0: Register
  var c1: Register
  var c2: Register

  @inline(always)
  init(_ c0: Register, _ c1: Register, _ c2: Register) {
    self.c0 = c0
    self.c1 = c1
    self.c2 = c2
  }

  /// The first `columns` vectors at `offset`.
  @inline(always)
  init(_ columns: Int, _ pointer: UnsafePointer<Real>, _ offset: Int) {
    c0 = loadRegister(pointer, offset)
    c1 = columns > 1 ? loadRegister(pointer, offset &+ registerLanes) : Register()
    c2 = columns > 2 ? loadRegister(pointer, offset &+ 2 &* registerLanes) : Register()
  }

  @inline(always)
  mutating func add(_ scalar: Real, _ row: BlockRow) {
    let factor = Register(repeating: scalar)
    c0 = addProduct(c0, factor, row.c0)
    c1 = addProduct(c1, factor, row.c1)
    c2 = addProduct(c2, factor, row.c2)
  }

  @inline(always)
  func finish(_ use: Int32, _ columns: Int, _ pointer: UnsafeMutablePointer<Real>, _ offset: Int) {
    finishRegister(use, c0, pointer, offset)
    if columns > 1 { finishRegister(use, c1, pointer, offset &+ registerLanes) }
    if columns > 2 { finishRegister(use, c2, pointer, offset &+ 2 &* registerLanes) }
  }
}

@inline(always)
private func finishRegister(_ use: Int32, _ sum: Register, _ pointer: UnsafeMutablePointer<Real>, _ offset: Int) {
  switch use {
  case BlockUse.forward, BlockUse.product: storeRegister(sum, pointer, offset)
  case BlockUse.forwardPositive: storeRegister(sum.replacing(with: 0, where: sum .< 0), pointer, offset)
  case BlockUse.backward: storeRegister(loadRegister(pointer, offset) * sum, pointer, offset)
  case BlockUse.backwardPositive:
    let found = loadRegister(pointer, offset)
    storeRegister(Register().replacing(with: sum, where: found .> 0), pointer, offset)
  default: storeRegister(loadRegister(pointer, offset) + sum, pointer, offset)
  }
}

/// Computes a block of at most 8 rows from `row` on and at most 3 vectors from column `column` on. `use`, `rows` and
/// `columns` are literals wherever this is inlined.
@inline(always)
private func computeBlock(_ use: Int32, _ rows: Int, _ columns: Int, _ product: MatrixProduct, row: Int, column: Int) {
  let start: BlockRow
  if use == BlockUse.forward || use == BlockUse.forwardPositive {
    start = BlockRow(columns, product.biases.unsafelyUnwrapped, column)
  } else {
    start = BlockRow(Register(), Register(), Register())
  }
  var r0 = start
  var r1 = start
  var r2 = start
  var r3 = start
  var r4 = start
  var r5 = start
  var r6 = start
  var r7 = start
  let stride = product.scalarRow
  var scalars = product.scalars + row &* stride
  var vectors = product.vectors + column
  for _ in 0..<product.steps {
    let b = BlockRow(columns, vectors, 0)
    r0.add(scalars[0], b)
    if rows > 1 { r1.add(scalars[stride], b) }
    if rows > 2 {
      r2.add(scalars[2 &* stride], b)
      r3.add(scalars[3 &* stride], b)
    }
    if rows > 4 {
      r4.add(scalars[4 &* stride], b)
      r5.add(scalars[5 &* stride], b)
      r6.add(scalars[6 &* stride], b)
      r7.add(scalars[7 &* stride], b)
    }
    scalars += product.scalarStep
    vectors += product.vectorStep
  }
  let result = product.result + (row &* product.resultRow &+ column)
  r0.finish(use, columns, result, 0)
  if rows > 1 { r1.finish(use, columns, result, product.resultRow) }
  if rows > 2 {
    r2.finish(use, columns, result, 2 &* product.resultRow)
    r3.finish(use, columns, result, 3 &* product.resultRow)
  }
  if rows > 4 {
    r4.finish(use, columns, result, 4 &* product.resultRow)
    r5.finish(use, columns, result, 5 &* product.resultRow)
    r6.finish(use, columns, result, 6 &* product.resultRow)
    r7.finish(use, columns, result, 7 &* product.resultRow)
  }
}

/// Computes a product for rows that are samples: whole blocks, so up to `blockRows` - 1 rows more than `rows`.
@inline(always)
private func computeSamples(_ use: Int32, _ product: MatrixProduct, rows: Int, columns: Int) {
  var column = 0
  while column < columns {
    let vectors = vectorsOfBlock(from: column, columns)
    var row = 0
    while row < rows {
      switch vectors {
      case 1: computeBlock(use, blockRows, 1, product, row: row, column: column)
      case 2: computeBlock(use, blockRows, 2, product, row: row, column: column)
      default: computeBlock(use, blockRows, 3, product, row: row, column: column)
      }
      row &+= blockRows
    }
    column &+= vectors &* registerLanes
  }
}

/// Three vectors at a time, but two where that avoids a last single one.
@inline(always)
private func vectorsOfBlock(from column: Int, _ columns: Int) -> Int {
  let remaining = (columns &- column) / registerLanes
  return remaining == 4 ? 2 : smaller(remaining, 3)
}

@inline(never)
func computeForward(_ product: MatrixProduct, rows: Int, columns: Int) {
  computeSamples(BlockUse.forward, product, rows: rows, columns: columns)
}

@inline(never)
func computeForwardPositive(_ product: MatrixProduct, rows: Int, columns: Int) {
  computeSamples(BlockUse.forwardPositive, product, rows: rows, columns: columns)
}

@inline(never)
func computeBackward(_ product: MatrixProduct, rows: Int, columns: Int) {
  computeSamples(BlockUse.backward, product, rows: rows, columns: columns)
}

@inline(never)
func computeBackwardPositive(_ product: MatrixProduct, rows: Int, columns: Int) {
  computeSamples(BlockUse.backwardPositive, product, rows: rows, columns: columns)
}

/// Adds a product to the result.
@inline(never)
func addToResult(_ product: MatrixProduct, rows: Int, columns: Int) {
  computeRows(BlockUse.addition, product, rows: rows, columns: columns)
}

/// Writes a product into the result.
@inline(never)
func computeResult(_ product: MatrixProduct, rows: Int, columns: Int) {
  computeRows(BlockUse.product, product, rows: rows, columns: columns)
}

/// Computes a product for no more than its rows.
@inline(always)
private func computeRows(_ use: Int32, _ product: MatrixProduct, rows: Int, columns: Int) {
  var column = 0
  while column < columns {
    let vectors = vectorsOfBlock(from: column, columns)
    switch vectors {
    case 1: computeRows(use, 1, product, rows: rows, column: column)
    case 2: computeRows(use, 2, product, rows: rows, column: column)
    default: computeRows(use, 3, product, rows: rows, column: column)
    }
    column &+= vectors &* registerLanes
  }
}

@inline(always)
private func computeRows(_ use: Int32, _ vectors: Int, _ product: MatrixProduct, rows: Int, column: Int) {
  var row = 0
  while row &+ blockRows <= rows {
    computeBlock(use, blockRows, vectors, product, row: row, column: column)
    row &+= blockRows
  }
  if use == BlockUse.product && rows &- row > blockRows / 2 && rows >= blockRows {
    // One block that overlaps those before it: sums that are stored twice are the same.
    computeBlock(use, blockRows, vectors, product, row: rows &- blockRows, column: column)
    return
  }
  if blockRows > 4 && row &+ 4 <= rows {
    computeBlock(use, 4, vectors, product, row: row, column: column)
    row &+= 4
  }
  if row &+ 2 <= rows {
    computeBlock(use, 2, vectors, product, row: row, column: column)
    row &+= 2
  }
  if row < rows { computeBlock(use, 1, vectors, product, row: row, column: column) }
}
