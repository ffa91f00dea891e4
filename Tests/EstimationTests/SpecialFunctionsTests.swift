import CSpecialFunctions
import Foundation
import Testing

@Suite("Special functions")
struct SpecialFunctionsTests {
  @Test("the incomplete beta function has its closed forms")
  func closedForms() {
    for x in [0, 1e-300, 1e-9, 0.1, 0.5, 0.9, 1 - 1e-9, 1] {
      // I_x(a, 1) = x^a, I_x(1, b) = 1 - (1 - x)^b, I_x(1/2, 1/2) = (2 / pi) arcsin sqrt x = (2 / pi) arctan sqrt(x / (1 - x)).
      #expect(agrees(csf_beta_regularized(3, 1, x), pow(x, 3), within: 1e-15))
      #expect(agrees(csf_beta_regularized_complement(1, 3, x), pow(1 - x, 3), within: 1e-15))
      let angle = atan2(x.squareRoot(), (1 - x).squareRoot())
      #expect(agrees(csf_beta_regularized(0.5, 0.5, x), 2 / Double.pi * angle, within: 1e-15))
      let sum = csf_beta_regularized(7.5, 2.5, x) + csf_beta_regularized_complement(7.5, 2.5, x)
      #expect(abs(sum - 1) <= 1e-15)
    }
  }

  @Test("the complement keeps its digits where the function rounds to 1")
  func farTail() {
    #expect(csf_beta_regularized(1, 100, 0.5) == 1)
    #expect(agrees(csf_beta_regularized_complement(1, 100, 0.5), 0x1p-100, within: 1e-15))
    #expect(csf_beta_regularized_complement(1, 1e5, 0.5) == 0)
  }

  @Test("the inverses invert", arguments: [(0.5, 0.5), (1, 1), (3, 298), (286, 15), (50_000.5, 7.5)])
  func inverses(a: Double, b: Double) {
    // No smaller ones: near 1 numbers are too far apart to tell their tails from each other.
    for probability in [1e-5, 0.0125, 0.5, 0.975] {
      // 1e-11: the inverses' own statement (CSpecialFunctions.h).
      let x = csf_beta_regularized_inverse(a, b, probability)
      #expect(abs(csf_beta_regularized(a, b, x) - probability) <= 1e-11)
      let y = csf_beta_regularized_complement_inverse(a, b, probability)
      #expect(abs(csf_beta_regularized_complement(a, b, y) - probability) <= 1e-11)
    }
    #expect(csf_beta_regularized_inverse(a, b, 0) == 0)
    #expect(csf_beta_regularized_inverse(a, b, 1) == 1)
    #expect(csf_beta_regularized_complement_inverse(a, b, 0) == 1)
    #expect(csf_beta_regularized_complement_inverse(a, b, 1) == 0)
  }

  @Test("logarithms of the gamma and beta function")
  func logarithms() {
    #expect(agrees(csf_log_gamma(0.5), log(Double.pi) / 2, within: 1e-15))
    #expect(agrees(csf_log_gamma(11), log(3_628_800), within: 1e-15))
    #expect(agrees(csf_log_beta(0.5, 0.5), log(Double.pi), within: 1e-15))
    // log Gamma(10^9) is 2e10, whose unit in the last place is 4e-6: two of these cancel.
    #expect(agrees(csf_log_beta(1, 1e9), -log(1e9), within: 1e-5))
    #expect(agrees(csf_log_beta(3, 4), -log(60), within: 1e-15))
  }

  @Test("arguments outside the domain give NaN, without a trap and without errno")
  func domain() {
    errno = 0
    let functions = [
      csf_beta_regularized, csf_beta_regularized_complement,
      csf_beta_regularized_inverse, csf_beta_regularized_complement_inverse,
    ]
    for function in functions {
      for bad in [-1, -0x1p-1074, 1.5, .infinity, -.infinity, .nan] { #expect(function(2, 3, bad).isNaN) }
      for bad in [0, -1, .infinity, .nan] {
        #expect(function(bad, 3, 0.5).isNaN)
        #expect(function(2, bad, 0.5).isNaN)
      }
    }
    for bad in [0, -1, .infinity, .nan] {
      #expect(csf_log_beta(bad, 1).isNaN)
      #expect(csf_log_beta(1, bad).isNaN)
      #expect(csf_log_gamma(bad).isNaN)
    }
    #expect(errno == 0)
  }
}
