import KernelInterface

/// A teacher as the kernels take it, with scratch memory for students of one width: one thread's working memory.
public final class TeacherMemory {
  private let teacher: RectifiedTeacher
  private let width: Int
  private let functions: NetworkKernels.TeacherStudent
  private let directions: AlignedMemory<Double>?
  private let weights: AlignedMemory<Double>
  private let scratch: AlignedMemory<UInt8>

  /// - Parameter width: of the students.
  public init(_ teacher: RectifiedTeacher, width: Int, kernels: KernelTable) {
    self.teacher = teacher
    self.width = width
    functions = kernels.networks(.float64).teacherStudent!
    directions = teacher.isAxes ? nil : Self.copy(teacher.directions)
    weights = Self.copy(teacher.weights)
    scratch = AlignedMemory(
      count: functions.scratchByteCount(teacher.dimension, width, teacher.weights.count))
  }

  private static func copy(_ numbers: [Double]) -> AlignedMemory<Double> {
    let memory = AlignedMemory<Double>(count: numbers.count)
    for (i, number) in numbers.enumerated() { memory.pointer[i] = number }
    return memory
  }

  /// Whether students of this architecture can learn from the teacher here.
  func fits(_ architecture: Architecture) -> Bool {
    architecture.inputDimension == teacher.dimension && architecture.hidden == [width]
      && architecture.activation.kind == .relu
  }

  func computeGradient(
    parameters: UnsafeRawPointer, gradient: UnsafeMutableRawPointer, risks: UnsafeMutablePointer<Double>
  ) {
    functions.gradient(
      parameters, gradient, teacher.dimension, width, directions?.pointer, weights.pointer, teacher.weights.count,
      teacher.square, teacher.variance, risks, scratch.pointer)
  }
}
