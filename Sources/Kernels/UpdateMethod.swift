/// The elementwise update rules of the optimizers, by the number that the kernels know them by. What each does, with
/// its coefficients and its source, stands in the kernel sources, one file each.
public enum UpdateMethod: Int32, Sendable, CaseIterable {
  case gradientDescent = 0
  case momentum = 1
  case averagedMomentum = 2
  case nesterov = 3
  case nesterovLookAhead = 4
  case adaGrad = 5
  case rmsProp = 6
  case adadelta = 7
  case adam = 8
  case adamW = 9
  case amsGrad = 10
  case amsGradUncorrected = 11
  case adamax = 12
  case adamaxUnsmoothed = 13
  case nadam = 14
  case nadamConstant = 15
  case averagedGradientDescent = 16
}
