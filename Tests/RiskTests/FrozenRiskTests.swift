import Networks
import Problems
import Risk
import TestSupport
import Testing

/// Bits of risk, error, norm of the whole gradient and of its inner biases: outcomes that are stored must be computed
/// again to the bit.
@Suite struct FrozenRiskTests {
  @Test(arguments: FrozenRisk.all)
  func bitsAreThoseOfTheDefinition(_ frozen: FrozenRisk) throws {
    let risk = try PopulationRisk(problem: Problem(frozen.target, on: frozen.lower...frozen.upper))
    let width = frozen.width
    let evaluation = risk.evaluate(randomNetwork(width: width, seed: UInt64(width)), kernels: widest)
    #expect(evaluation.risk.bitPattern == frozen.risk)
    #expect(evaluation.error.bitPattern == frozen.error)
    #expect(evaluation.norm(over: [0..<3 * width + 1]).bitPattern == frozen.norm)
    #expect(evaluation.norm(over: [width..<2 * width]).bitPattern == frozen.biasNorm)
  }
}

struct FrozenRisk: Sendable, CustomTestStringConvertible {
  let target: String
  let lower: Double
  let upper: Double
  let width: Int
  let risk: UInt64
  let error: UInt64
  let norm: UInt64
  let biasNorm: UInt64

  var testDescription: String { "\(target), width \(width)" }

  init(_ t: String, _ lower: Double, _ upper: Double, _ width: Int, _ bits: [UInt64]) {
    target = t
    self.lower = lower
    self.upper = upper
    self.width = width
    (risk, error, norm, biasNorm) = (bits[0], bits[1], bits[2], bits[3])
  }

  static let all = [
    FrozenRisk(
      "x^2 + 2*x", 0.0, 1.0, 1,
      [4_608_841_540_052_463_919, 4_384_753_169_728_019_800, 4_613_742_393_909_030_839, 4_609_943_163_667_157_283]),
    FrozenRisk(
      "x^2 + 2*x", 0.0, 1.0, 7,
      [4_609_552_891_322_177_900, 4_385_363_007_610_714_850, 4_616_425_615_492_534_716, 4_611_268_377_097_312_219]),
    FrozenRisk(
      "x^2 + 2*x", 0.0, 1.0, 60,
      [4_613_956_463_845_682_210, 4_388_327_812_354_497_848, 4_626_979_658_860_196_070, 4_621_512_148_818_597_107]),
    FrozenRisk(
      "sin(3*x)", 0.0, 1.0, 1,
      [4_593_033_443_455_295_010, 4_371_048_073_711_497_332, 4_603_430_221_354_452_956, 4_599_989_565_119_343_469]),
    FrozenRisk(
      "sin(3*x)", 0.0, 1.0, 7,
      [4_597_665_128_424_265_011, 4_374_443_103_118_104_169, 4_608_898_731_278_594_210, 4_604_701_896_630_860_100]),
    FrozenRisk(
      "sin(3*x)", 0.0, 1.0, 60,
      [4_606_861_559_643_820_692, 4_381_469_420_182_273_387, 4_622_452_352_533_943_602, 4_617_879_503_596_689_184]),
    FrozenRisk(
      "x^4 * sin(x)", 0.0, 1.0, 1,
      [4_594_034_555_288_638_753, 4_365_913_523_631_461_977, 4_607_285_094_378_738_998, 4_603_784_140_782_610_753]),
    FrozenRisk(
      "x^4 * sin(x)", 0.0, 1.0, 7,
      [4_585_438_159_355_059_996, 4_358_665_146_685_023_279, 4_603_937_611_344_809_017, 4_599_388_470_600_304_959]),
    FrozenRisk(
      "x^4 * sin(x)", 0.0, 1.0, 60,
      [4_601_211_091_217_366_895, 4_374_166_075_437_430_213, 4_617_181_501_799_678_918, 4_612_718_596_339_715_133]),
    FrozenRisk(
      "x^(1/4)", 0.0, 1.0, 1,
      [4_592_866_712_817_495_631, 4_380_585_527_489_787_580, 4_607_361_557_877_164_892, 4_603_653_421_811_976_212]),
    FrozenRisk(
      "x^(1/4)", 0.0, 1.0, 7,
      [4_598_073_129_295_126_188, 4_374_316_120_951_043_424, 4_611_200_305_732_864_095, 4_606_384_781_493_036_324]),
    FrozenRisk(
      "x^(1/4)", 0.0, 1.0, 60,
      [4_608_418_754_450_747_132, 4_382_291_902_776_126_049, 4_623_618_723_101_899_066, 4_618_765_749_961_765_557]),
    FrozenRisk(
      "x^3.7", 0.0, 1.0, 1,
      [4_592_900_186_309_846_865, 4_373_803_005_233_716_627, 4_605_413_158_578_725_535, 4_602_645_542_528_340_767]),
    FrozenRisk(
      "x^3.7", 0.0, 1.0, 7,
      [4_582_877_835_655_233_295, 4_358_768_751_443_146_960, 4_600_499_065_578_426_477, 4_596_365_907_745_498_121]),
    FrozenRisk(
      "x^3.7", 0.0, 1.0, 60,
      [4_602_170_375_571_162_661, 4_374_602_974_496_200_082, 4_618_319_966_161_779_254, 4_613_552_847_889_071_039]),
    FrozenRisk(
      "abs(x - 0.3)", -1.0, 2.2, 1,
      [4_599_047_725_685_239_580, 4_376_732_039_604_535_833, 4_607_534_030_074_524_220, 4_603_705_085_302_232_153]),
    FrozenRisk(
      "abs(x - 0.3)", -1.0, 2.2, 7,
      [4_586_038_161_452_493_518, 4_366_109_903_530_315_339, 4_602_099_093_202_726_251, 4_594_039_602_150_713_740]),
    FrozenRisk(
      "abs(x - 0.3)", -1.0, 2.2, 60,
      [4_624_644_442_902_565_263, 4_397_703_933_581_265_198, 4_630_833_983_864_743_517, 4_624_891_864_595_467_700]),
    FrozenRisk(
      "2*x - 1", -1.0, 0.3, 1,
      [4_616_514_068_509_510_726, 4_391_076_991_475_291_317, 4_618_277_146_323_116_480, 4_615_514_489_381_701_153]),
    FrozenRisk(
      "2*x - 1", -1.0, 0.3, 7,
      [4_617_694_658_667_729_379, 4_391_925_294_433_345_076, 4_621_657_169_767_291_403, 4_613_780_780_430_486_628]),
    FrozenRisk(
      "2*x - 1", -1.0, 0.3, 60,
      [4_620_790_593_667_666_822, 4_394_020_389_915_697_696, 4_628_641_808_460_172_452, 4_623_979_238_664_890_304]),
  ]
}
