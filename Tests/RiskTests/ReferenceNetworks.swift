import Networks

/// Reference networks with exact risks and gradients: rational arithmetic for x^2 + 2 x, 17 digits by high-precision
/// quadrature for the other targets. Gradient order: w, b, v, c.
struct ReferenceNetwork: Sendable {
  struct Values: Sendable {
    let target: String
    let risk: Double
    let gradient: [Double]
  }

  let name: String
  let network: Network
  let values: [Values]

  static let all = [
    ReferenceNetwork(
      name: "S1",
      network: Network(
        innerWeights: [1.0, -2.0], innerBiases: [-1.0 / 2.0, 1.0], outerWeights: [2.0, 1.0 / 3.0], outerBias: 1.0 / 4.0),
      values: [
        Values(
          target: "x^2 + 2*x", risk: 2227.0 / 2160.0,
          gradient: [-33.0 / 16.0, -31.0 / 864.0, -8.0 / 3.0, -1.0 / 18.0, -35.0 / 96.0, 7.0 / 144.0, -3.0 / 2.0]),
        Values(
          target: "sin(3*x)", risk: 0.25214197727348239,
          gradient: [
            0.22179630499613223, -0.03593623585944447, 0.08569373564246914, -0.06761395518495486, 0.08947471858744885,
            0.012775549601802168, -0.1599949977336301,
          ]),
        Values(
          target: "x^4 * sin(x)", risk: 0.20108622983015557,
          gradient: [
            0.7123299360071799, 0.029372412259510483, 0.9234930747177462, 0.13720649139842872, 0.12529169932415335,
            0.23538500063822337, 0.8733660115541594,
          ]),
      ]),
    ReferenceNetwork(
      name: "S2",
      network: Network(
        innerWeights: [1.0, -1.0, 3.0 / 2.0, 0.0], innerBiases: [-1.0 / 3.0, 3.0 / 4.0, 1.0 / 2.0, 1.0 / 5.0],
        outerWeights: [1.0, -2.0, 1.0 / 2.0, 1.0], outerBias: -1.0 / 10.0),
      values: [
        Values(
          target: "x^2 + 2*x", risk: 1426807.0 / 1555200.0,
          gradient: [
            -1157.0 / 1440.0, 101201.0 / 103680.0, -11909.0 / 25920.0, -11909.0 / 12960.0, -3853.0 / 3240.0,
            4063.0 / 1440.0, -683.0 / 720.0, -683.0 / 360.0, -15827.0 / 38880.0, -118201.0 / 207360.0, -4021.0 / 1728.0,
            -683.0 / 1800.0, -683.0 / 360.0,
          ]),
        Values(
          target: "sin(3*x)", risk: 0.90593080644260997,
          gradient: [
            0.3498769291285674, 0.5086675744260125, 0.11153700641048359, 0.22307401282096717, 0.21035902057649863,
            2.1799259414080963, -0.27860860997792625, -0.5572172199558525, 0.27975725560306786, -0.56313844081503,
            0.056002409253524545, -0.11144344399117051, -0.5572172199558525,
          ]),
        Values(
          target: "x^4 * sin(x)", risk: 0.63305534944690009,
          gradient: [
            0.7242720848567142, -0.39447513528712863, 0.332133386341678, 0.664266772683356, 0.9377058253189516,
            0.11952300929315282, 0.23807189466596862, 0.47614378933193724, 0.41170347641706373, -0.24205869612849673,
            1.2344720536910025, 0.09522875786638743, 0.47614378933193713,
          ]),
      ]),
    ReferenceNetwork(
      name: "S3_dead",
      network: Network(
        innerWeights: [1.0, 2.0], innerBiases: [-3.0, 1.0], outerWeights: [5.0, 1.0], outerBias: 0.0),
      values: [
        Values(
          target: "x^2 + 2*x", risk: 8.0 / 15.0,
          gradient: [0.0, 1.0 / 2.0, 0.0, 4.0 / 3.0, 0.0, 7.0 / 3.0, 4.0 / 3.0]),
        Values(
          target: "sin(3*x)", risk: 2.147246294733523,
          gradient: [0.0, 1.6419783338086225, 0.0, 2.673338335599704, 0.0, 5.957295003216949, 2.673338335599704]),
        Values(
          target: "x^4 * sin(x)", risk: 3.6077597121619333,
          gradient: [0.0, 2.08317109367101, 0.0, 3.7066993448874923, 0.0, 7.873041532229513, 3.7066993448874923]),
      ]),
  ]
}
