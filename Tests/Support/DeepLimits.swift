import Kernels
import Networks
import Testing

/// What an independent program computed of five deep networks: Tests/Data/deep-limits.json says what.
package struct DeepLimits: Decodable {
  package struct Case: Decodable, Sendable, CustomTestStringConvertible {
    package let name: String
    package let hidden: [Int]
    package let target: String
    package let parameters: [Double]
    package let risk: Double
    package let gradient: [Double]
    package let ends: [Double]
    package let values: [Double]
    package let slopes: [Double]
    package let residuals: [Double]
    package let moments: [Double]
    package let direction: [Double]
    package let product: [Double]
    package let times: [Double]
    package let risks: [Double]
    package let limit: Double

    package var network: Network {
      Network(architecture: Architecture(hidden: hidden, activation: .relu), parameters: parameters)
    }

    package var testDescription: String { name }
  }

  let networks: [Case]

  package static let cases = (recordedResults("deep-limits.json") as DeepLimits).networks
}
