import Studies
import TestSupport
import Testing

/// The literal text of errors in the keys of the landscape.
@Suite struct LandscapeErrorTests {
  private func message(_ arguments: [String]) -> String {
    TestSupport.message { _ = try parse(sampleText, overrides: arguments.map { try Override(argument: $0) }) }
  }

  private static let scope = """
    levels are defined for shallow ReLU, leaky ReLU and (lower bounds only) clipping networks with a scalar input on an \
    interval, uniform or with a piecewise polynomial density
    """
  private static let analysed = """
    limits are found for relu and leaky-relu networks of any depth and a scalar input, uniform or with a piecewise \
    polynomial density, for such clipping networks with one hidden layer and the inner biases trained, or these and the \
    outer bias, and for relu networks without biases that learn such a network from normal inputs, with the inner \
    weights trained
    """
  private static let limit = "limit.classes=true"
  private static let noStationary = "verdict.stationary=~"

  @Test(arguments: [
    (
      ["verdict.good.excess-at-most=1e-3", "network.activation=tanh"],
      """
      --set verdict.good.excess-at-most: verdict.good.excess-at-most needs the smallest risk of networks of a width; this \
      study has the activation tanh, and \(scope); choose the activation relu, leaky-relu or clipping
      """
    ),
    (
      ["verdict.good.ratio-at-most=0.5"],
      """
      --set verdict.good.ratio-at-most: verdict.good.ratio-at-most must be a finite number, 1 or greater (it is 0.5)
      """
    ),
    (
      [limit, noStationary, "network.activation=tanh"],
      "--set limit.classes: limit.classes: \(analysed) (not those of cell 5); leave it out"
    ),
    (
      [limit, noStationary, "problem.input={normal: {}}", "problem.target=x"],
      "--set limit.classes: limit.classes: \(analysed) (not those of cell 5); leave it out"
    ),
    (
      [limit, noStationary, "network.activation=clipping", "network.trainable=[inner-weights]"],
      "--set limit.classes: limit.classes: \(analysed) (not those of cell 5); leave it out"
    ),
    (
      ["limit.steps=5"],
      """
      --set limit.steps: limit is about where training leads, and verdict.stationary asks for a statement about its end; \
      keep one of them
      """
    ),
    (
      ["landscape.limit.flow-time=-1"],
      """
      --set landscape.limit.flow-time: limit.flow-time must be a finite number, 0 or greater (it is -1)
      """
    ),
    (
      ["limit=on"],
      """
      --set limit: limit must be off, or a mapping with the keys flow-time, steps, work and classes (it is the YAML value on)
      """
    ),
    (
      ["limit.steps=0"],
      "--set limit.steps: limit.steps must be a whole number from 1 to 4294967295 (it is 0)"
    ),
    (
      ["limit={classes: 1}"], "--set limit: limit.classes must be true or false (it is 1)"
    ),
    (
      ["verdict.good.ratio-at-most=2", "problem.target=3*x+1"],
      """
      --set verdict.good.ratio-at-most: verdict.good.ratio-at-most compares the risk with m_h, the smallest risk of \
      networks of a width, which is 0 here: every positive risk would be infinitely many times as large; use \
      excess-at-most or risk-at-most
      """
    ),
    (
      ["training.until.risk-at-most=1e-3", "problem.input={normal: {dimension: 4}}", "problem.target=x1"],
      """
      --set training.until.risk-at-most: training.until needs the exact risk, which there is for input laws of at most 3 \
      dimensions and for data sets (the law has 4); leave it out
      """
    ),
    (
      ["training.until={risk-at-most: 1e-3, every: 0}"],
      """
      --set training.until: training.until.every must be a whole number from 1 to 10000000 (it is 0)
      """
    ),
    (
      ["training.until={every: 3}"],
      """
      --set training.until: training.until must be a mapping with one of the keys risk-at-most or neuron-gradient-at-most, \
      such as {risk-at-most: 1e-4} (it has every)
      """
    ),
    (
      ["network.initial={saddle: 2}", "network.hidden=[[2]]"],
      """
      --set network.initial: network.initial.saddle needs an affine target that is not constant and a uniform law on an \
      interval, whose saddles are known; give the numbers of the point instead (network.initial.point)
      """
    ),
    (
      ["network.initial={saddle: 3}", "network.hidden=[[3]]", "problem.target=x"],
      """
      --set network.initial: network.initial.saddle: there is no saddle with 3 kinks; relu networks have those with an \
      even number whose first kink is right, leaky-relu networks of slopes between 0 and 1 all of them
      """
    ),
    (
      ["network.initial={saddle: 2}", "network.hidden=[[2], [3]]", "problem.target=x"],
      """
      --set network.initial: network.initial: the starting point has 7 numbers, and the networks of cell 3 have 10 \
      parameters; a saddle has as many neurons as kinks
      """
    ),
    (
      ["network.initial={saddle: 2, weights: pytorch}"],
      """
      --set network.initial: network.initial has laws of blocks (weights) and a starting point (saddle); keep one of them
      """
    ),
    (
      ["network.initial={saddle: 2, point: [1, 2]}"],
      "--set network.initial: network.initial has both point and saddle; keep one of them"
    ),
    (
      ["network.initial={distance: 2}"],
      "--set network.initial: network.initial needs the starting point, either point or saddle"
    ),
    (
      ["problem.input={normal: {dimension: 3}}", "problem.target={teacher: {hidden: [2], parameters: orthonormal}}"],
      """
      --set problem.target: problem.target.teacher.parameters: an orthonormal teacher has one hidden layer of relu \
      neurons, one for each coordinate of the input, 3 (its hidden widths are 2, its activation is relu)
      """
    ),
  ])
  func error(arguments: [String], message: String) { #expect(self.message(arguments) == message) }
}
