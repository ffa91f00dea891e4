import Kernels
import Networks
import TestSupport
import Testing

@Suite struct ShallowNetworkTests {
  @Test("places are those of the parameter blocks", arguments: [1, 2, 5])
  func places(_ width: Int) {
    let places = ShallowPlaces(width: width)
    let architecture = Architecture(hidden: [width], activation: .relu)
    #expect(places.count == architecture.parameterCount)
    #expect(
      [places.innerWeights, places.innerBiases, places.outerWeights, places.outerBias..<places.outerBias + 1]
        == architecture.blocks.map(architecture.range))
    for j in 0..<width {
      let at = places[j]
      #expect(at.innerWeight == places.innerWeights[places.innerWeights.startIndex + j])
      #expect(at.innerBias == places.innerBiases[places.innerBiases.startIndex + j])
      #expect(at.outerWeight == places.outerWeights[places.outerWeights.startIndex + j])
      for place in [at.innerWeight, at.innerBias, at.outerWeight] { #expect(places.neuron(of: place) == j) }
    }
    #expect(places.neuron(of: places.outerBias) == nil)
  }

  @Test("neurons")
  func neurons() {
    let network = Network(
      activation: Activation(.clipping), innerWeights: [2, -1], innerBiases: [1, 3], outerWeights: [5, 7],
      outerBias: 11)
    let shallow = network.shallow
    #expect(shallow.innerWeights == [2, -1] && shallow.innerBiases == [1, 3])
    #expect(shallow.outerWeights == [5, 7] && shallow.outerBias == 11 && shallow.width == 2)
    #expect(shallow.neurons == [shallow[0], shallow[1]])
    #expect(shallow[1].preActivation(at: 0.5) == 2.5)
    #expect(shallow.neurons.map(\.kink) == [-0.5, 3])
    // 2 x + 1 is 0 at -1/2 and 1 at 0; 3 - x is 0 at 3 and 1 at 2.
    #expect(shallow.kinks == [-0.5, 0, 2, 3])
  }

  /// Against the signs of the pre-activation on a fine grid, for weights and biases that are multiples of 1/4.
  @Test("where neurons are active")
  func activities() {
    let steps = 4096
    for w in stride(from: -1.0, through: 1, by: 0.25) {
      for b in stride(from: -2.0, through: 2, by: 0.25) {
        let network = Network(innerWeights: [w], innerBiases: [b], outerWeights: [1], outerBias: 0)
        let signs = (1..<steps).map { w * (-1 + 3 * Double($0) / Double(steps)) + b > 0 }
        switch network.firstLayerActivities(on: -1...2)[0] {
        case .everywhere: #expect(signs.allSatisfy { $0 })
        case .nowhere: #expect(signs.allSatisfy { !$0 })
        case .beyond(let kink):
          #expect(kink > -1 && kink < 2)
          // The kink, up to 2, and the product are rounded: 2^-52 each at most with |w| <= 1.
          #expect(abs(w * kink + b) <= 1e-15)
          #expect(signs.last == (w > 0))
          #expect(signs.first == (w < 0))
        }
      }
    }
  }
}
