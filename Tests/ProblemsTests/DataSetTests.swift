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
    #expect(
      labelled.origin
        == .file(
          DataFile(
            path: "points.csv", digest: "0123",
            header: text.contains("x,y")
              ? .init(line: 1, columns: "x, y, label")
              : text.contains("#") ? .init(line: 1, columns: "# first, second, value") : nil)))
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
        "points.csv:2: column 2 is no number (\"a\\u{0}\\u{1B}[31m\\u{9B}\\u{202E}\u{E9}\"); write a decimal number "
          + "such as 0.5 or 1e-3"
      ),
      ("x,y\n1,2\n,4\n", "points.csv:3: column 1 is empty; write a decimal number such as 0.5 or 1e-3"),
      ("1,y\n", "points.csv:1: column 2 is no number (\"y\"); write a decimal number such as 0.5 or 1e-3"),
      ("x,y\nu,v\n", "points.csv:2: column 1 is no number (\"u\"); write a decimal number such as 0.5 or 1e-3"),
      ("1,2\n3,nan\n", "points.csv:2: column 2 is a missing value (\"nan\"); leave the line out, or write a number"),
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

  /// What is no name is no header: a line of values is never left out.
  @Test(
    "lines that only look like headers",
    arguments: [
      "NA,NA", "?,?", "null,null", "10%,20%", "0x1,0x2", "n/a,N/A", "#N/A,#N/A", "None,nil", "NaN,inf", "-inf,+Inf",
      "-,--",
      "..,...", "true,false", "Yes,no", "$5,<3", "'1','2'", "\"1\",\"2\"", "2020-01-01,2020-01-02", "1_0,2_0", "1e,2e",
      "1.5x,2x", "1,x", "x,1", "*,**", "+,-", "1.#IND,1.#QNAN", "<NA>,<NA>", "missing,Missing",
    ])
  func noHeaders(_ line: String) {
    do throws(DataError) {
      _ = try Self.read("\(line)\n1,2\n3,4\n")
      Issue.record("a line was left out")
    } catch {
      #expect(error.line == 1 && error.column != nil)
      #expect(error.message.contains("is no number (") || error.message.contains("is a missing value ("))
    }
  }

  @Test(
    "names of columns",
    arguments: [
      ("x,y", "x, y"), ("\"sepal, length\",'label'", "sepal, length, label"), ("_1,a1", "_1, a1"),
      ("Höhe,Größe", "Höhe, Größe"),
      ("x (cm), y [1e-3]", "x (cm), y [1e-3]"), ("na_1,infinite", "na_1, infinite"),
      ("\"say \"\"x\"\"\",y", "say \"x\", y"),
      ("a\u{1B}[31m b\t c,y", "a\\u{1B}[31m b c, y"),
      ("\(String(repeating: "n", count: 50)),y", "\(String(repeating: "n", count: 40))..., y"),
    ])
  func headers(_ line: String, _ columns: String) throws {
    let data = try Self.read("\n\(line)\n1,2\n3,4\n")
    #expect(data.count == 2)
    guard case .file(let file) = data.origin else { return }
    #expect(file.header == .init(line: 2, columns: columns))
    #expect(data.summary == "2 points, 1 coordinate and a label; line 2 is a header: \(columns)")
  }

  @Test("what was read")
  func summaries() throws {
    func summary(_ text: String, isLabelled: Bool = true, weights: DataFile.Column? = nil) throws -> String {
      try DataSet(csv: text, path: "points.csv", digest: "", isLabelled: isLabelled, weights: weights).summary
    }
    #expect(try summary("x,y\n1,2\n3,4") == "2 points, 1 coordinate and a label; line 1 is a header: x, y")
    #expect(try summary("1,2\n") == "1 point, 1 coordinate and a label")
    #expect(try summary("1,2\n", isLabelled: false) == "1 point, 2 coordinates")
    #expect(try summary("1,2,3,4\n", weights: .number(2)) == "1 point, 2 coordinates, a label and a weight")
    #expect(
      try summary(
        "\((0..<12).map { "c\($0)" }.joined(separator: ","))\n\((0..<12).map { "\($0)" }.joined(separator: ","))")
        == "1 point, 11 coordinates and a label; line 1 is a header: c0, c1, c2, c3, c4, c5, ..., c11")
  }

  @Test(
    "errors of headers",
    arguments: [
      (
        "x,y,weight\n1,2\n3,4\n",
        "points.csv:1: the header has 3 columns (x, y, weight), and line 2 has 2; every line needs as many"
      ),
      ("x\n1,2\n", "points.csv:1: the header has 1 column (x), and line 2 has 2; every line needs as many"),
      (
        ",x,y\n0,1,2\n1,3,4\n",
        "points.csv:1: column 1 of the header has no name; an index that a spreadsheet or pandas wrote is no coordinate, so "
          + "leave the column out (to_csv with index=False)"
      ),
      ("x,y,\n0,1,2\n", "points.csv:1: column 3 of the header has no name; give it one, or leave the column out"),
      (
        "id,x,y\n1,0.5,2\n2,0.7,4\n",
        "points.csv:1: column 1 (id) counts the lines; an index is no coordinate, so leave the column out, or give it another "
          + "name if it is one"
      ),
      (
        "Unnamed: 0,x,y\n0,0.5,2\n1,0.7,4\n2,1,1\n",
        "points.csv:1: column 1 (Unnamed: 0) counts the lines; an index is no coordinate, so leave the column out, or give it "
          + "another name if it is one"
      ),
    ])
  func headerErrors(_ text: String, _ message: String) {
    do throws(DataError) {
      _ = try Self.read(text)
      Issue.record("no error")
    } catch {
      #expect(error.description == message)
    }
  }

  /// Numbers that do not count, or are the only coordinate, are data whatever their name is.
  @Test(
    "columns that are no index", arguments: ["id,x,y\n3,1,2\n4,1,2\n", "id,y\n0,1\n1,2\n", "n,x,y\n0,1,2\n1,1,2\n"])
  func coordinates(_ text: String) throws {
    #expect(try Self.read(text).count == 2)
  }

  @Test("weights in a column")
  func weights() throws {
    func read(_ text: String, _ column: DataFile.Column, isLabelled: Bool = true) throws(DataError) -> DataSet {
      try DataSet(csv: text, path: "points.csv", digest: "0123", isLabelled: isLabelled, weights: column)
    }
    for column in [DataFile.Column.name("w"), .number(2)] {
      let data = try read("x,w,z,label\n1,2,3,4\n5,0,7,8\n", column)
      #expect(data.inputs == [1, 3, 5, 7] && data.labels == [4, 8] && data.weights == [2, 0])
      #expect(data.normalizedWeights == [1, 0])
    }
    let last = try read("1,2,3\n4,5,6\n", .number(3))
    #expect(last.inputs == [1, 4] && last.labels == [2, 5] && last.weights == [3, 6])
    let bare = try read("w,x\n1,2\n3,5\n", .name("w"), isLabelled: false)
    #expect(bare.inputs == [2, 5] && bare.labels == nil && bare.normalizedWeights == [0.25, 0.75])

    func message(_ text: String, _ column: DataFile.Column) -> String {
      do throws(DataError) {
        _ = try read(text, column)
        return "none"
      } catch { return error.isOfWeightColumn ? "weights \(error.message)" : error.description }
    }
    let header = "x,w,label\n"
    #expect(
      message(header + "1,-1,2\n", .name("w"))
        == "points.csv:2: column 2 is the weight of the point, and must be 0 or greater (it is -1)")
    #expect(
      message(header + "1,0,2\n", .name("w"))
        == "points.csv: all weights are 0; at least one point needs a weight greater than 0")
    #expect(
      message(header + "1,NA,2\n", .name("w"))
        == "points.csv:2: column 2 is a missing value (\"NA\"); leave the line out, or write a number")
    #expect(
      message(header + "1,1,2\n", .name("weight"))
        == "weights is the column \"weight\", which is not in the header of points.csv (x, w, label)")
    #expect(
      message("w,w,label\n1,1,2\n", .name("w"))
        == "weights is the column \"w\", of which points.csv has 2; write the number of the column, from 1")
    #expect(
      message("1,1,2\n", .name("w"))
        == "weights is the column \"w\", and points.csv has no header; write the number of the column, from 1")
    #expect(message("1,1,2\n", .number(4)) == "weights is column 4, and the lines of points.csv have 3 columns")
    #expect(message("1,1\n", .number(2)) == "points.csv:1: the line has 2 columns; write x, label, weight")
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
