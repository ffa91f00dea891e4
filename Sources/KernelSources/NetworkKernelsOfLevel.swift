import KernelInterface

/// The kernels of this level and precision that train networks.
public func networkKernels() -> NetworkKernels {
  NetworkKernels(
    shallowGradient: shallowGradient, shallowGradientOnIndexedBatch: shallowGradientOnIndexedBatch,
    shallowScratchByteCount: shallowScratchByteCount, piecewiseLinearGradient: piecewiseLinearGradient,
    piecewiseLinearScratchByteCount: piecewiseLinearScratchByteCount, denseNeuronsGradient: denseNeuronsGradient,
    denseNeuronsValues: denseNeuronsValues, denseNeuronsScratchByteCount: denseNeuronsScratchByteCount,
    denseNetworksGradient: denseNetworksGradient, denseNetworksScratchByteCount: denseNetworksScratchByteCount,
    update: update, addSquares: addSquares, scale: scale)
}
