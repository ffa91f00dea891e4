// Exact population gradients of teacher-student networks, one student in each lane: sum_i a_i relu(w_i x) against
// sum_j b_j relu(v_j x) for normal inputs with independent coordinates of mean 0 and variance s^2.
//
// With t the angle between w and v, E relu(w x) relu(v x) = s^2 |w| |v| (sin t + (pi - t) cos t) / (2 pi), and its
// derivative in w is s^2 (|v| sin t w / |w| + (pi - t) v) / (2 pi) (Cho and Saul, "Kernel methods for deep learning",
// 2009; Safran and Shamir, arXiv:1712.08968). Both are smooth in cos t where sin t and t are computed from cos t: an
// error of cos t of one rounding is one of the same size in them, also for parallel vectors.
//
// Only compiled in double precision.

/// Where everything stands in scratch memory. Every number stands for a vector: one number of each lane.
private struct TeacherStudentLayout {
  let dimension: Int
  let width: Int
  let teacherWidth: Int

  /// w_i / |w_i| as [neuron][coordinate]; behind the zeros from which products start.
  @inline(always)
  var units: Int { rowBlock }
  /// a_i w_i.
  @inline(always)
  var weighted: Int { units &+ width &* dimension }
  /// pi - t of pairs of neurons of the student; before, their cosines.
  @inline(always)
  var supplements: Int { weighted &+ width &* dimension }
  /// Cosines of neurons of the student with those of the teacher, then -b_j |v_j| (pi - t).
  @inline(always)
  var teacherProducts: Int { supplements &+ width &* width }
  /// v_j / |v_j| as [neuron][coordinate].
  @inline(always)
  var directions: Int { teacherProducts &+ width &* teacherWidth }
  /// |w_i|.
  @inline(always)
  var norms: Int { directions &+ teacherWidth &* dimension }
  /// What multiplies w_i / |w_i| in the gradient of neuron i.
  @inline(always)
  var ownFactors: Int { norms &+ width }
  @inline(always)
  var count: Int { ownFactors &+ width }
}

/// Neurons of the student whose cosines are computed together.
private let rowBlock = 4

/// Bytes of scratch memory, aligned to 64, that a gradient needs.
public func teacherStudentScratchByteCount(_ dimension: Int, _ width: Int, _ teacherWidth: Int) -> Int {
  64 &* TeacherStudentLayout(dimension: dimension, width: width, teacherWidth: teacherWidth).count
}

/// Gradients and risks of as many students as a vector has lanes. What the arguments are stands at `NetworkKernels`.
public func teacherStudentGradient(
  _ parameters: UnsafeRawPointer, _ gradient: UnsafeMutableRawPointer, _ dimension: Int, _ width: Int,
  _ directions: UnsafePointer<Double>?, _ teacherWeights: UnsafePointer<Double>, _ teacherWidth: Int,
  _ teacherSquare: Double, _ variance: Double, _ risks: UnsafeMutablePointer<Double>,
  _ scratch: UnsafeMutableRawPointer
) {
  let layout = TeacherStudentLayout(dimension: dimension, width: width, teacherWidth: teacherWidth)
  let scratch = scratch.assumingMemoryBound(to: Reals.self)
  let inner = parameters.assumingMemoryBound(to: Reals.self)
  let outer = inner + width &* (dimension &+ 1)
  let gradient = gradient.assumingMemoryBound(to: Reals.self)
  let outerGradient = gradient + width &* (dimension &+ 1)
  let units = scratch + layout.units
  let weighted = scratch + layout.weighted
  let supplements = scratch + layout.supplements
  let norms = scratch + layout.norms
  let ownFactors = scratch + layout.ownFactors
  let zero = Reals(repeating: 0)
  for i in 0..<rowBlock { scratch[i] = zero }

  for i in 0..<width {
    let row = i &* dimension
    var square = zero
    for k in 0..<dimension { square = multiplyAdd(square, inner[row &+ k], inner[row &+ k]) }
    let norm = square.squareRoot()
    let reciprocal = (1 / norm).replacing(with: 0, where: norm .== zero)
    for k in 0..<dimension {
      units[row &+ k] = inner[row &+ k] * reciprocal
      weighted[row &+ k] = inner[row &+ k] * outer[i]
    }
    norms[i] = norm
    ownFactors[i] = zero
  }

  pairStudentNeurons(layout, outer, scratch)
  // For the time being the gradient of neuron i lacks the factor a_i s^2 / pi, and the risk s^2 / (2 pi).
  var risk: Reals
  if let directions {
    for i in 0..<teacherWidth &* dimension { scratch[layout.directions &+ i] = Reals(repeating: directions[i]) }
    for i in 0..<width &* dimension { gradient[i] = zero }
    let products = scratch + layout.teacherProducts
    var first = 0
    while first < width {
      cosines(
        layout, first, scratch + layout.directions, teacherWidth, stride: teacherWidth, products, scratch)
      first &+= rowBlock
    }
    risk = pairWithTeacher(layout, outer, teacherWeights, UnsafePointer(products), products, scratch)
    multiplyBlocks(
      products, rowStep: teacherWidth, sumStep: 1, rows: width, scratch + layout.directions, columnStep: 1,
      sumStep: dimension, columns: dimension, count: teacherWidth, gradient, outStep: dimension, finish: 2, scratch)
  } else {
    // The teacher's neurons are the axes: the cosines are coordinates.
    risk = pairWithTeacher(layout, outer, teacherWeights, UnsafePointer(units), gradient, scratch)
  }
  multiplyBlocks(
    supplements, rowStep: width, sumStep: 1, rows: width, weighted, columnStep: 1, sumStep: dimension,
    columns: dimension, count: width, gradient, outStep: dimension, finish: 2, scratch)

  let factor = Reals(repeating: variance * 0.3183098861837907)
  for i in 0..<width {
    let row = i &* dimension
    let own = ownFactors[i]
    let isZero = norms[i] .== zero
    let scale = (outer[i] * factor).replacing(with: 0, where: isZero)
    var product = zero
    for k in 0..<dimension {
      let slope = multiplyAdd(gradient[row &+ k], own, units[row &+ k])
      product = multiplyAdd(product, units[row &+ k], slope)
      gradient[row &+ k] = slope * scale
    }
    let derivative = norms[i] * product
    risk = multiplyAdd(risk, outer[i], derivative)
    outerGradient[i] = derivative * factor
  }
  // Biases are 0 and stay so.
  for i in 0..<width { gradient[width &* dimension &+ i] = zero }
  outerGradient[width] = zero
  let total = multiplyAdd(Reals(repeating: teacherSquare), risk, 0.5 * factor)
  let result = total.replacing(with: 0, where: total .< zero)
  for lane in 0..<realLanes { risks[lane] = result[lane] }
}

/// The cosines of the neurons of the student from `first` on, `rowBlock` of them or as many as there are, with the
/// first `columns` of the unit vectors `others`, as [neuron][columns of a full row].
@inline(always)
private func cosines(
  _ layout: TeacherStudentLayout, _ first: Int, _ others: UnsafePointer<Reals>, _ columns: Int, stride: Int,
  _ out: UnsafeMutablePointer<Reals>, _ scratch: UnsafePointer<Reals>
) {
  let dimension = layout.dimension
  multiplyBlocks(
    scratch + layout.units + first &* dimension, rowStep: dimension, sumStep: 1,
    rows: smaller(rowBlock, layout.width &- first), others, columnStep: dimension, sumStep: 1, columns: columns,
    count: dimension, out + first &* stride, outStep: stride, finish: 0, scratch)
}

/// Leaves pi - t of all pairs of neurons of the student, and adds their sines to the factors of each neuron.
@inline(always)
private func pairStudentNeurons(
  _ layout: TeacherStudentLayout, _ outer: UnsafePointer<Reals>, _ scratch: UnsafeMutablePointer<Reals>
) {
  let width = layout.width
  let supplements = scratch + layout.supplements
  let norms = scratch + layout.norms
  let ownFactors = scratch + layout.ownFactors
  var first = 0
  while first < width {
    // The pairs below the diagonal, and a few more.
    let end = smaller(first &+ rowBlock, width)
    cosines(layout, first, scratch + layout.units, end, stride: width, supplements, scratch)
    first = end
  }
  for i in 0..<width {
    let size = outer[i] * norms[i]
    var own = ownFactors[i]
    for j in 0..<i {
      let (sine, supplement) = angle(supplements[i &* width &+ j])
      supplements[i &* width &+ j] = supplement
      supplements[j &* width &+ i] = supplement
      own = multiplyAdd(own, outer[j] * norms[j], sine)
      ownFactors[j] = multiplyAdd(ownFactors[j], size, sine)
    }
    ownFactors[i] = own
    supplements[i &* width &+ i] = Reals(repeating: 3.141592653589793)
  }
}

/// Writes -b_j |v_j| (pi - t) of the pairs of a neuron of the student and one of the teacher over their cosines or
/// elsewhere, subtracts the sines from the factors of each neuron, and returns minus the sum over all pairs of
/// a_i |w_i| b_j |v_j| (sin t + (pi - t) cos t).
@inline(always)
private func pairWithTeacher(
  _ layout: TeacherStudentLayout, _ outer: UnsafePointer<Reals>, _ teacherWeights: UnsafePointer<Double>,
  _ cosines: UnsafePointer<Reals>, _ products: UnsafeMutablePointer<Reals>, _ scratch: UnsafeMutablePointer<Reals>
) -> Reals {
  let count = layout.teacherWidth
  let norms = scratch + layout.norms
  let ownFactors = scratch + layout.ownFactors
  var total = Reals(repeating: 0)
  for i in 0..<layout.width {
    var own = ownFactors[i]
    var sum = Reals(repeating: 0)
    for j in 0..<count {
      let cosine = cosines[i &* count &+ j]
      let weight = Reals(repeating: -teacherWeights[j])
      let (sine, supplement) = angle(cosine)
      let product = weight * supplement
      products[i &* count &+ j] = product
      own = multiplyAdd(own, weight, sine)
      sum = multiplyAdd(multiplyAdd(sum, weight, sine), product, cosine)
    }
    ownFactors[i] = own
    total = multiplyAdd(total, outer[i] * norms[i], sum)
  }
  return total
}

/// sin t and pi - t for t with this cosine, which rounding may have brought out of [-1, 1]: within 3 ulp of 1.
@inline(always)
private func angle(_ cosine: Reals) -> (sine: Reals, supplement: Reals) {
  // With t the angle or its supplement, the smaller one: z = sin(t/2)^2.
  let z = maximum(0.5 - 0.5 * absolute(cosine), Reals(repeating: 0))
  let half = z.squareRoot()
  // asin(y) = y + y z p(z) with z = y^2 from 0 to 1/2: a polynomial that interpolates in Chebyshev points, relative
  // error 2^-56.
  var p = Reals(repeating: 0.8387674099544927)
  p = multiplyAdd(Reals(repeating: -3.0948547605199717), p, z)
  p = multiplyAdd(Reals(repeating: 5.436384462318588), p, z)
  p = multiplyAdd(Reals(repeating: -5.883233416999023), p, z)
  p = multiplyAdd(Reals(repeating: 4.3847119392409954), p, z)
  p = multiplyAdd(Reals(repeating: -2.3535297860232123), p, z)
  p = multiplyAdd(Reals(repeating: 0.952265420570822), p, z)
  p = multiplyAdd(Reals(repeating: -0.2809947932275328), p, z)
  p = multiplyAdd(Reals(repeating: 0.07377343868679113), p, z)
  p = multiplyAdd(Reals(repeating: -0.0032941927380090922), p, z)
  p = multiplyAdd(Reals(repeating: 0.011310924828955462), p, z)
  p = multiplyAdd(Reals(repeating: 0.01139924601483468), p, z)
  p = multiplyAdd(Reals(repeating: 0.013975730180211136), p, z)
  p = multiplyAdd(Reals(repeating: 0.017352221539201188), p, z)
  p = multiplyAdd(Reals(repeating: 0.0223721770065477), p, z)
  p = multiplyAdd(Reals(repeating: 0.030381944084994415), p, z)
  p = multiplyAdd(Reals(repeating: 0.04464285714665563), p, z)
  p = multiplyAdd(Reals(repeating: 0.07499999999998412), p, z)
  p = multiplyAdd(Reals(repeating: 0.16666666666666669), p, z)
  let arc = 2 * multiplyAdd(half, half * z, p)
  let sine = 2 * half * (1 - z).squareRoot()
  return (sine, (3.141592653589793 - arc).replacing(with: arc, where: cosine .< Reals(repeating: 0)))
}
