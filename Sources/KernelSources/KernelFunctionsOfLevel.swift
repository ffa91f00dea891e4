import KernelInterface

/// The kernels of this level.
public func kernelFunctions() -> KernelFunctions {
  KernelFunctions(
    philoxWords: philoxWords, uniforms: uniforms, standardNormals: standardNormals, evaluateProgram: evaluateProgram,
    drawBatch: drawBatch, indexBatch: indexBatch, shallowGradient: shallowGradient,
    shallowGradientOnIndexedBatch: shallowGradientOnIndexedBatch, shallowDescentStep: shallowDescentStep,
    multiplyAddRounds: multiplyAddRounds)
}
