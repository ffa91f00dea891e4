import Kernels
import Randomness

extension DataSet {
  /// Independent standard normal points: number i * dimension + k of a draw from the data stream of the seed (cell key
  /// 0, trial 0, step 0) is coordinate k of point i.
  ///
  /// - Parameter kernels: the points are the same at every level.
  public static func gaussian(points: Int, dimension: Int, seed: UInt64, kernels: KernelTable) -> DataSet {
    DataSet(
      origin: .gaussian(points: points, dimension: dimension, seed: seed), dimension: dimension,
      inputs: normals(points * dimension, seed: seed, kernels: kernels), labels: nil)
  }

  /// Points e_i + noise / sqrt(dimension) times the points that ``gaussian(points:dimension:seed:kernels:)`` gives.
  ///
  /// - Precondition: points <= dimension.
  public static func nearlyOrthogonal(
    points: Int, dimension: Int, noise: Double, seed: UInt64, kernels: KernelTable
  ) -> DataSet {
    precondition(points <= dimension)
    let scale = noise / Double(dimension).squareRoot()
    var inputs = normals(points * dimension, seed: seed, kernels: kernels).map { scale * $0 }
    for i in 0..<points { inputs[i * dimension + i] += 1 }
    return DataSet(
      origin: .nearlyOrthogonal(points: points, dimension: dimension, noise: noise, seed: seed),
      dimension: dimension, inputs: inputs, labels: nil)
  }

  private static func normals(_ count: Int, seed: UInt64, kernels: KernelTable) -> [Double] {
    kernels.standardNormals(
      count, stream: StreamAddress(studySeed: seed, cellKey: 0, trial: 0, purpose: .data), step: 0)
  }
}
