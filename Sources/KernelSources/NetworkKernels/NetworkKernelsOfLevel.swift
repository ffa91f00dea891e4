import KernelInterface

/// The kernels of this level and precision that train networks.
public func networkKernels() -> NetworkKernels {
  #if DOUBLE_PRECISION
    let teacherStudent: NetworkKernels.TeacherStudent? = NetworkKernels.TeacherStudent(
      gradient: teacherStudentGradient, scratchByteCount: teacherStudentScratchByteCount)
  #else
    let teacherStudent: NetworkKernels.TeacherStudent? = nil
  #endif
  return NetworkKernels(
    shallowGradient: shallowGradient, shallowGradientOnIndexedBatch: shallowGradientOnIndexedBatch,
    shallowScratchByteCount: shallowScratchByteCount, piecewiseLinearGradient: piecewiseLinearGradient,
    piecewiseLinearScratchByteCount: piecewiseLinearScratchByteCount, denseNeuronsGradient: denseNeuronsGradient,
    denseNeuronsValues: denseNeuronsValues, denseNeuronsScratchByteCount: denseNeuronsScratchByteCount,
    denseNetworksGradient: denseNetworksGradient, denseNetworksScratchByteCount: denseNetworksScratchByteCount,
    teacherStudent: teacherStudent, update: update, addSquares: addSquares, scale: scale)
}
