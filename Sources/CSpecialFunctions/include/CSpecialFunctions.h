/// The special functions of binomial statistics, from Boost.Math, behind a plain C interface.
///
/// Every function is pure and safe to call from any thread, never throws and never touches errno. A result that does
/// not exist (an argument outside the domain, NaN) or that did not converge is NaN; one that overflows is an infinity.
/// The last bits of a result may differ between machines and Boost versions.

#ifndef CSPECIALFUNCTIONS_H
#define CSPECIALFUNCTIONS_H

#ifdef __cplusplus
#define CSF_NOEXCEPT noexcept
extern "C" {
#else
#define CSF_NOEXCEPT
#endif

/// The regularized incomplete beta function I_x(a, b), for a, b > 0 and x in [0, 1]: the probability that a
/// Beta(a, b) variable is at most x.
double csf_beta_regularized(double a, double b, double x) CSF_NOEXCEPT;

/// 1 - I_x(a, b), without cancellation; 0 where it is smaller than every positive double.
double csf_beta_regularized_complement(double a, double b, double x) CSF_NOEXCEPT;

/// The x in [0, 1] with I_x(a, b) = probability, for probability in [0, 1]. Less accurate than the function it inverts:
/// the relative error reaches 1e-11 for a or b near 1e9 (Boost 1.74).
double csf_beta_regularized_inverse(double a, double b, double probability) CSF_NOEXCEPT;

/// The x in [0, 1] with 1 - I_x(a, b) = probability, for probability in [0, 1]; as accurate as the other inverse.
double csf_beta_regularized_complement_inverse(double a, double b, double probability) CSF_NOEXCEPT;

/// log B(a, b) = log Gamma(a) + log Gamma(b) - log Gamma(a + b), for a, b > 0. The three terms cancel: the absolute
/// error grows like the largest of them.
double csf_log_beta(double a, double b) CSF_NOEXCEPT;

/// log Gamma(x), for x > 0. Unlike lgamma of the C library it writes no global sign.
double csf_log_gamma(double x) CSF_NOEXCEPT;

/// The z that a normal variable exceeds with this probability, for probability in (0, 1): sqrt 2 times the inverse of the
/// complementary error function at twice the probability.
double csf_normal_quantile_complement(double probability) CSF_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#undef CSF_NOEXCEPT

#endif
