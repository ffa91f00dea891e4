import KernelsBaseline

extension Program {
  /// The values at `points`, at the widest kernel level of this processor; the bits are the same at every level.
  public func evaluate(at points: [Double]) -> [Double] {
    evaluate(at: points, kernels: KernelTable(.widest))
  }

  /// The values at `points`.
  public func evaluate(at points: [Double], kernels: KernelTable) -> [Double] {
    let registers = AlignedMemory<Double>(count: programScratchCount(registers: registerCount))
    return [Double](unsafeUninitializedCapacity: points.count) { values, count in
      count = points.count
      guard let out = values.baseAddress, count > 0 else { return }
      points.withUnsafeBufferPointer { points in
        kernels.functions.evaluateProgram(
          instructions, instructions.count, constants, result, registers.pointer, points.baseAddress!, out, points.count
        )
      }
    }
  }
}
