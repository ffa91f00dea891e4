import Expressions
import Foundation
import Kernels
import Problems
import Randomness
import TestSupport
import Testing

@Suite("data sets")
struct DataSetTests {
  private static func read(_ text: String, isLabelled: Bool = true) throws(DataError) -> DataSet {
    try DataSet(csv: text, path: "points.csv", digest: "0123", isLabelled: isLabelled)
  }

  @Test(
    "CSV that is read alike",
    arguments: [
      "1,2,3\n4,5,6\n", "1,2,3\n4,5,6", "x,y,label\n1,2,3\n4,5,6\n", "\u{FEFF}x,y,label\r\n1,2,3\r\n4,5,6\r\n",
      " 1 ,\t2, 3.0\n\n4e0,+5,.6e1\n\n\n", "1,2,3\r4,5,6\r", "# first, second, value\n1,2,3\n4,5,6\n",
    ])
  func csv(_ text: String) throws {
    let labelled = try Self.read(text)
    #expect(labelled.dimension == 2 && labelled.count == 2)
    #expect(labelled.inputs == [1, 2, 4, 5] && labelled.labels == [3, 6])
    #expect(labelled.origin == .file(path: "points.csv", digest: "0123"))
    let plain = try Self.read(text, isLabelled: false)
    #expect(plain.dimension == 3 && plain.inputs == [1, 2, 3, 4, 5, 6] && plain.labels == nil)
  }

  @Test("numbers are the nearest binary64, and -0 is 0")
  func numbers() throws {
    let data = try Self.read("0.1,-0,1e-3\n-2.5E+3,123456789012345678,5e-324", isLabelled: false)
    #expect(data.inputs == [0.1, 0, 0.001, -2500, 123_456_789_012_345_680, .leastNonzeroMagnitude])
    #expect(data.inputs[1].sign == .plus)
    #expect(try Self.read("x\n7", isLabelled: false).inputs == [7])
  }

  @Test(
    "CSV errors name line and column and say what would be right",
    arguments: [
      ("", "points.csv: the file has no point; write a line for each"),
      ("\n \n", "points.csv: the file has no point; write a line for each"),
      (",,\n1,2,3", "points.csv:1: column 1 is empty; write a decimal number such as 0.5 or 1e-3"),
      ("x,y\n", "points.csv: the file has no point; write a line for each"),
      (
        "1,2\n3,abc\n",
        "points.csv:2: column 2 is no number (\"abc\"); write a decimal number such as 0.5 or 1e-3"
      ),
      (
        "1,2\n3,a\u{0}\u{1B}[31m\u{9B}\u{202E}\u{E9}\n",
        "points.csv:2: column 2 is no number (\"a\\u{0}\\u{1b}[31m\\u{9b}\\u{202e}\u{E9}\"); write a decimal number "
          + "such as 0.5 or 1e-3"
      ),
      ("x,y\n1,2\n,4\n", "points.csv:3: column 1 is empty; write a decimal number such as 0.5 or 1e-3"),
      ("1,y\n", "points.csv:1: column 2 is no number (\"y\"); write a decimal number such as 0.5 or 1e-3"),
      ("x,y\nu,v\n", "points.csv:2: column 1 is no number (\"u\"); write a decimal number such as 0.5 or 1e-3"),
      ("1,2\n3,nan\n", "points.csv:2: column 2 is no number (\"nan\"); write a decimal number such as 0.5 or 1e-3"),
      ("1,2\n3,0x10\n", "points.csv:2: column 2 is no number (\"0x10\"); write a decimal number such as 0.5 or 1e-3"),
      ("1,2\n1e39,4\n", "points.csv:2: column 1 is not finite in single precision (1e39); rescale the data"),
      ("1,2\n-1e999,4\n", "points.csv:2: column 1 is not finite in single precision (-1e999); rescale the data"),
      ("1,2\n\n3,4,5\n", "points.csv:3: the line has 3 columns, and line 1 has 2; every line needs as many"),
      ("x,y\n1,2\n3\n", "points.csv:3: the line has 1 column, and line 2 has 2; every line needs as many"),
      (
        "1\n2\n",
        "points.csv:1: the line has one column, and without a target the last one is the label; write x, label"
      ),
      ("1;2\n3;4\n", "points.csv:1: the columns are separated by semicolons; separate them by commas"),
      ("x;y\n3;4\n", "points.csv:2: the columns are separated by semicolons; separate them by commas"),
      ("1 2\n", "points.csv:1: the columns are separated by white space; separate them by commas"),
      ("1\t2\n", "points.csv:1: the columns are separated by white space; separate them by commas"),
      ("1,2\n3,4 5\n", "points.csv:2: the columns are separated by white space; separate them by commas"),
    ])
  func errors(_ text: String, _ message: String) {
    #expect(throws: DataError.self) { try Self.read(text) }
    do throws(DataError) { _ = try Self.read(text) } catch { #expect(error.description == message) }
  }

  @Test("the place of an error")
  func place() {
    do throws(DataError) { _ = try Self.read("1,2\n3,abc\n") } catch {
      #expect(error.path == "points.csv" && error.line == 2 && error.column == 2)
    }
  }

  @Test("the size of targets")
  func targetSize() throws {
    let labelled = Problem(inputs: .data(try Self.read("0,1\n1,-3\n2,2\n")), target: nil)
    let size = try #require(labelled.targetSize)
    #expect(size.meanSquare == 14.0 / 3 && size.largestPoint == 2 && size.largest == -3)
    #expect(size.isFinite(in: .float32) && size.isFinite(in: .float64))
    let large = Problem(
      inputs: .data(try Self.read("0,0\n1,0\n", isLabelled: false)), target: .affine(weights: [1e20, 0], constant: 0))
    #expect(large.targetSize?.meanSquare == 5e39 && large.targetSize?.isFinite(in: .float32) == false)
    #expect(large.targetSize?.isFinite(in: .float64) == true)
    let overflowing = Problem(inputs: large.inputs, target: .affine(weights: [1, 0], constant: 1e154))
    #expect(overflowing.targetSize?.isFinite(in: .float64) == false)
    #expect(Problem(input: .uniform(lower: 0, upper: 1), target: Expression(constant: 1)).targetSize == nil)
  }

  /// The numbers of the data stream, which are tested as such elsewhere.
  @Test("Gaussian points")
  func gaussian() {
    let data = DataSet.gaussian(points: 50, dimension: 7, seed: 9, kernels: widest)
    let stream = StreamAddress(studySeed: 9, cellKey: 0, trial: 0, purpose: .data)
    #expect(data.inputs == widest.standardNormals(350, stream: stream, step: 0))
    #expect(data.labels == nil && data.count == 50 && data.dimension == 7)
    #expect(data.origin == .gaussian(points: 50, dimension: 7, seed: 9))
    #expect(DataSet.gaussian(points: 50, dimension: 7, seed: 10, kernels: widest).inputs != data.inputs)
    #expect(data == DataSet.gaussian(points: 50, dimension: 7, seed: 9, kernels: KernelTable(.baseline)))
  }

  @Test("nearly orthogonal points")
  func nearlyOrthogonal() {
    let data = DataSet.nearlyOrthogonal(points: 20, dimension: 400, noise: 0.5, seed: 2, kernels: widest)
    let normal = DataSet.gaussian(points: 20, dimension: 400, seed: 2, kernels: widest)
    for i in 0..<20 {
      for k in 0..<400 {
        let expected = 0.025 * normal.inputs[400 * i + k] + (i == k ? 1 : 0)
        // Off the diagonal a product below 1/4, whose last place is below 3e-17; on it, where numbers are 2^-53 =
        // 1.1e-16 apart or more, the two are the same.
        #expect(abs(data.inputs[400 * i + k] - expected) <= 1e-16)
      }
    }
    func product(_ i: Int, _ k: Int) -> Double {
      (0..<400).reduce(0) { $0 + data.inputs[400 * i + $1] * data.inputs[400 * k + $1] }
    }
    // Squared norms have mean 1.25; products of different points mean 0 and standard deviation about 0.04.
    for i in 0..<20 {
      // 5.6 and 5.3 standard deviations (0.053 and 0.0375): of 20 and 190 numbers, a false alarm of 3e-5 over the
      // choice of the seed, which is fixed.
      #expect(abs(product(i, i) - 1.25) < 0.3)
      for k in 0..<i { #expect(abs(product(i, k)) < 0.2) }
    }
    let exact = DataSet.nearlyOrthogonal(points: 2, dimension: 2, noise: 0, seed: 2, kernels: widest)
    #expect(exact.inputs == [1, 0, 0, 1])
  }
}
