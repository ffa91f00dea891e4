/// Intervals of k successes in n trials, computed with SciPy (Clopper-Pearson) and by root finding in mpmath
/// (confidence sequences).
struct ReferenceIntervals: Sendable {
  let successes: Int
  let trials: Int
  let level: Double
  let clopperPearson: (Double, Double)
  /// The one-sided bounds; the upper one is 1 less the lower bound of the failures.
  let clopperPearsonLower: Double
  let clopperPearsonUpper: Double
  /// Prior Beta(1, 1).
  let uniformSequence: (Double, Double)
  /// Prior Beta(1/2, 1/2).
  let jeffreysSequence: (Double, Double)

  static let all = [
    ReferenceIntervals(
      successes: 0, trials: 300, level: 0.95,
      clopperPearson: (0.0, 0.01222097469429355),
      clopperPearsonLower: 0.0, clopperPearsonUpper: 0.009936081944457708,
      uniformSequence: (0.0, 0.028592739784818),
      jeffreysSequence: (0.0, 0.021173966497778543)),
    ReferenceIntervals(
      successes: 0, trials: 300, level: 0.99,
      clopperPearson: (0.0, 0.017506015484986304),
      clopperPearsonLower: 0.0, clopperPearsonUpper: 0.015233347889841823,
      uniformSequence: (0.0, 0.03379018462125137),
      jeffreysSequence: (0.0, 0.026411104948304166)),
    ReferenceIntervals(
      successes: 3, trials: 300, level: 0.95,
      clopperPearson: (0.0020670072350923163, 0.028944511255692605),
      clopperPearsonLower: 0.0027310302182070373, clopperPearsonUpper: 0.025641393082609616,
      uniformSequence: (0.00034571260986923646, 0.04917099583874571),
      jeffreysSequence: (0.000511203436949855, 0.044630180904061095)),
    ReferenceIntervals(
      successes: 3, trials: 300, level: 0.99,
      clopperPearson: (0.0011293442679942455, 0.03610825975085194),
      clopperPearsonLower: 0.0014572881867993492, clopperPearsonUpper: 0.033092742206910324,
      uniformSequence: (0.00019926310064027309, 0.055458309091033),
      jeffreysSequence: (0.00029254919764183635, 0.051089846480391526)),
    ReferenceIntervals(
      successes: 285, trials: 300, level: 0.95,
      clopperPearson: (0.9188726428292358, 0.9717487980315036),
      clopperPearsonLower: 0.9240513017004046, clopperPearsonUpper: 0.9689300502551448,
      uniformSequence: (0.8917358820010184, 0.9829995694054526),
      jeffreysSequence: (0.8938177514784128, 0.982351295450243)),
    ReferenceIntervals(
      successes: 285, trials: 300, level: 0.99,
      clopperPearson: (0.9081741159161771, 0.9767441966149677),
      clopperPearsonLower: 0.9125997348646384, clopperPearsonUpper: 0.9748010151765011,
      uniformSequence: (0.8831662515286235, 0.9854287971079686),
      jeffreysSequence: (0.8851017953151301, 0.9849119200851936)),
    ReferenceIntervals(
      successes: 299, trials: 300, level: 0.95,
      clopperPearson: (0.9815687479519322, 0.9999156108676822),
      clopperPearsonLower: 0.9842854451084161, clopperPearsonUpper: 0.9998290369678865,
      uniformSequence: (0.9635759045367116, 0.9999994461984497),
      jeffreysSequence: (0.9692673094005188, 0.9999972799312894)),
    ReferenceIntervals(
      successes: 299, trials: 300, level: 0.99,
      clopperPearson: (0.9754966374382426, 0.9999832916668406),
      clopperPearsonLower: 0.9780789553505743, clopperPearsonUpper: 0.9999664994416446,
      uniformSequence: (0.9579423065101287, 0.9999998892543617),
      jeffreysSequence: (0.9635105785821262, 0.9999994563401582)),
    ReferenceIntervals(
      successes: 8, trials: 10, level: 0.95,
      clopperPearson: (0.4439045376923585, 0.9747892736731666),
      clopperPearsonLower: 0.4930986989367976, clopperPearsonUpper: 0.9632285621125349,
      uniformSequence: (0.3530421920756932, 0.9895169047810854),
      jeffreysSequence: (0.3424786084177963, 0.9906062402332216)),
    ReferenceIntervals(
      successes: 8, trials: 10, level: 0.99,
      clopperPearson: (0.3517988336951632, 0.9891494906202595),
      clopperPearsonLower: 0.38825714116242566, clopperPearsonUpper: 0.9844618612823045,
      uniformSequence: (0.28120503575982664, 0.9954220786882314),
      jeffreysSequence: (0.27313422050620345, 0.9958873878375973)),
    ReferenceIntervals(
      successes: 950, trials: 1000, level: 0.95,
      clopperPearson: (0.9346095120845064, 0.9626646023953382),
      clopperPearsonLower: 0.9371365964876203, clopperPearsonUpper: 0.9608364640744107,
      uniformSequence: (0.9198290886926116, 0.9717648733704767),
      jeffreysSequence: (0.9207604181891426, 0.9712800827403767)),
    ReferenceIntervals(
      successes: 950, trials: 1000, level: 0.99,
      clopperPearson: (0.9294956247985419, 0.9660733372897797),
      clopperPearsonLower: 0.9315951063043689, clopperPearsonUpper: 0.9647185001452542,
      uniformSequence: (0.9160468628216503, 0.9736452585040815),
      jeffreysSequence: (0.9169080725260368, 0.9732291831241038)),
  ]
}
