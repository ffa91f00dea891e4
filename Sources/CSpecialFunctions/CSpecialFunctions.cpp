#include "CSpecialFunctions.h"

#if !__has_include(<boost/math/special_functions/beta.hpp>)
#error "The Boost.Math headers are missing (boost/math/special_functions/beta.hpp), which the exact binomial \
intervals need. On Debian and Ubuntu: sudo apt-get install libboost-dev"
#else

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <limits>

namespace {

namespace policies = boost::math::policies;

// Errors give NaN or an infinity and leave errno alone. An iteration that does not converge throws instead: ignoring it
// would return the unfinished iterate as if it were the result; `guarded` makes it NaN.
using Quiet = policies::policy<
    policies::domain_error<policies::ignore_error>,
    policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>,
    policies::underflow_error<policies::ignore_error>,
    policies::denorm_error<policies::ignore_error>,
    policies::rounding_error<policies::ignore_error>,
    policies::indeterminate_result_error<policies::ignore_error>,
    policies::evaluation_error<policies::throw_on_error>>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Both are false for NaN. The domain is checked here and not left to Boost, whose incomplete beta function (1.74) calls
// itself until the stack ends when x is NaN.
bool is_positive(double a) { return 0 < a && a <= std::numeric_limits<double>::max(); }
bool is_probability(double x) { return 0 <= x && x <= 1; }

// Boost may throw on paths that no policy covers; an exception must not cross into C or Swift.
template <typename Function>
double guarded(bool in_domain, Function function) noexcept {
  if (!in_domain) return nan;
  try {
    return function();
  } catch (...) {
    return nan;
  }
}

bool in_beta_domain(double a, double b, double x) { return is_positive(a) && is_positive(b) && is_probability(x); }

}  // namespace

extern "C" double csf_beta_regularized(double a, double b, double x) noexcept {
  return guarded(in_beta_domain(a, b, x), [=] { return boost::math::ibeta(a, b, x, Quiet()); });
}

extern "C" double csf_beta_regularized_complement(double a, double b, double x) noexcept {
  return guarded(in_beta_domain(a, b, x), [=] { return boost::math::ibetac(a, b, x, Quiet()); });
}

extern "C" double csf_beta_regularized_inverse(double a, double b, double probability) noexcept {
  return guarded(
      in_beta_domain(a, b, probability), [=] { return boost::math::ibeta_inv(a, b, probability, Quiet()); });
}

extern "C" double csf_beta_regularized_complement_inverse(double a, double b, double probability) noexcept {
  return guarded(
      in_beta_domain(a, b, probability), [=] { return boost::math::ibetac_inv(a, b, probability, Quiet()); });
}

extern "C" double csf_log_beta(double a, double b) noexcept {
  return guarded(is_positive(a) && is_positive(b), [=] {
    // In long double, which on x86 takes three digits off the cancellation.
    const long double x = a, y = b;
    return static_cast<double>(
        boost::math::lgamma(x, Quiet()) + boost::math::lgamma(y, Quiet()) - boost::math::lgamma(x + y, Quiet()));
  });
}

extern "C" double csf_log_gamma(double x) noexcept {
  return guarded(is_positive(x), [=] { return boost::math::lgamma(x, Quiet()); });
}

extern "C" double csf_normal_quantile_complement(double probability) noexcept {
  constexpr double sqrt_two = 1.4142135623730950488;
  return guarded(0 < probability && probability < 1, [=] {
    return sqrt_two * boost::math::erfc_inv(2 * probability, Quiet());
  });
}

#endif
