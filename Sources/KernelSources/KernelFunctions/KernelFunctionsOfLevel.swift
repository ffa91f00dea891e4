import KernelInterface

/// The kernels of this level that do not depend on a precision.
public func kernelFunctions() -> KernelFunctions {
  KernelFunctions(
    philoxWords: philoxWords, uniforms: uniforms, standardNormals: standardNormals, evaluateProgram: evaluateProgram,
    drawUniformInputs: drawUniformInputs, drawInputsByQuantile: drawInputsByQuantile, sumBatch: sumBatch,
    indexBatch: indexBatch, copySamples: copySamples, drawVectorSamples: drawVectorSamples,
    multiplyAddRounds: multiplyAddRounds)
}
