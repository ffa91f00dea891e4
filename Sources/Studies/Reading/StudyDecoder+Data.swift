import Foundation
import Kernels
import Outcomes
import Problems
import Texts

extension StudyDecoder {
  /// The data set at `path`.
  ///
  /// - Parameter isLabelled: whether the points bring their labels; otherwise a target gives them.
  mutating func dataSet(_ path: String, isLabelled: Bool) -> DataSet? {
    guard let choice = chosen(path), let place = entry(dotted(path, choice))?.place else { return nil }
    if choice == "points" { return newDataSet(path, choice, place, isLabelled: isLabelled) }
    if choice != "csv", choice != "points", let weights = entry("\(path).weights") {
      fail(
        "\(path).weights", weights.place,
        "\(path).weights are those of problem.data.csv or problem.data.points; the points of \(choice) are drawn, and have "
          + "the same weight")
    }
    // Combinations of a study mostly have the same data: read or drawn once, they take memory once.
    let text = "\(isLabelled) \(place.option != nil) \(entry(path)!.node.canonicalText)"
    if let data = state.dataSets[text] { return data }
    let data = newDataSet(path, choice, place, isLabelled: isLabelled)
    state.dataSets.updateValue(data, forKey: text)
    return data
  }

  /// Whether a data set is small enough to be drawn; otherwise that is an error.
  private mutating func canDraw(_ key: String, _ place: StudyPlace, points: UInt64, dimension: UInt64) -> Bool {
    let numbers = Int(points * dimension)
    state.drawnNumbers += numbers
    guard state.drawnNumbers > StudyLimits.drawnNumbers else { return true }
    fail(
      key, place,
      "\(key): \(points) points of \(dimension) coordinates are \(numbers) numbers, and the data sets that a study draws "
        + "have at most \(StudyLimits.drawnNumbers) in all; take fewer points, or put them into a CSV file "
        + "(problem.data.csv)")
    return false
  }

  private mutating func newDataSet(
    _ path: String, _ choice: String, _ place: StudyPlace, isLabelled: Bool
  ) -> DataSet? {
    if choice != "csv", let digest = entry("\(path).sha256") {
      fail("\(path).sha256", digest.place, "\(path).sha256 is the digest of a CSV file; leave it out")
    }
    let key = dotted(path, choice)
    switch choice {
    case "csv": return isMapping(key) ? storedData(key, place) : fileData(key, place, isLabelled: isLabelled)
    case "points": return inlineData(key, isLabelled: isLabelled)
    default: break
    }
    let points = integer("\(key).points")
    let dimension = integer("\(key).dimension")
    let seed = integer("\(key).seed") ?? 0
    guard choice == "nearly-orthogonal" else {
      guard let points, let dimension, canDraw(key, place, points: points, dimension: dimension) else { return nil }
      return .gaussian(points: Int(points), dimension: Int(dimension), seed: seed, kernels: Self.kernels)
    }
    let noise = real("\(key).noise")
    guard let points, let dimension, let noise else { return nil }
    guard points <= dimension else {
      fail(
        "\(key).points", entry("\(key).points")?.place ?? place,
        "\(key).points must be at most the dimension, \(dimension) (it is \(points)): each point has a direction of "
          + "its own"
      )
      return nil
    }
    guard canDraw(key, place, points: points, dimension: dimension) else { return nil }
    return .nearlyOrthogonal(
      points: Int(points), dimension: Int(dimension), noise: noise, seed: seed, kernels: Self.kernels)
  }

  /// Points are the same at every level.
  private static let kernels = KernelTable(.baseline)

  // MARK: Points in the study

  private mutating func inlineData(_ path: String, isLabelled: Bool) -> DataSet? {
    guard let rows = numberLists(path) else { return nil }
    let length = rows[0].numbers.count
    let dimension = isLabelled ? length - 1 : length
    guard dimension >= 1 else {
      fail(
        path, rows[0].place, "\(path): point 1 has no label, and there is no problem.target; write [x, label]",
        isMissing: true)
      return nil
    }
    guard dimension <= StudyKey.dimensions.upperBound else {
      fail(
        path, rows[0].place,
        "\(path): point 1 has \(dimension) coordinates, and inputs have at most \(StudyKey.dimensions.upperBound)")
      return nil
    }
    var isSound = true
    for (index, row) in rows.enumerated() {
      if row.numbers.count != length {
        fail(
          path, row.place,
          "\(path): all points must have the same number of numbers (point 1 has \(length), point \(index + 1) has "
            + "\(row.numbers.count))")
        isSound = false
      }
      if !row.numbers.allSatisfy({ Float($0).isFinite }) {
        fail(
          path, row.place,
          "\(path): the numbers must be finite in single precision (those of point \(index + 1) are not)")
        isSound = false
      }
    }
    let weights = numberWeights(points: rows.count)
    guard isSound else { return nil }
    if weights == nil, entry(Self.weights) != nil { return nil }
    return DataSet(
      origin: .inline, dimension: dimension, inputs: rows.flatMap { $0.numbers.prefix(dimension) },
      labels: isLabelled ? rows.map { $0.numbers[dimension] } : nil, weights: weights)
  }

  // MARK: Weights

  private static let weights = "problem.data.weights"

  /// One weight a point, 0 or greater and not all 0.
  private mutating func numberWeights(points: Int) -> [Double]? {
    let key = Self.weights
    guard let entry = entry(key) else { return nil }
    guard isList(key) else {
      fail(
        key, entry.place,
        "\(key) must be a list with a number for each of the points in problem.data.points, such as [1, 2, 1] (it is "
          + "\(entry.node.shown))")
      return nil
    }
    guard let weights = numbers(key) else { return nil }
    guard weights.count == points else {
      fail(
        key, entry.place,
        "\(key) must have one number for each of the \(counted(points, "point")) (it has \(weights.count))")
      return nil
    }
    guard weights.allSatisfy({ $0 >= 0 && Float($0).isFinite }), weights.contains(where: { $0 > 0 }) else {
      fail(
        key, entry.place,
        "\(key) must be 0 or greater, finite in single precision and not all 0 (they are \(entry.node.shown))")
      return nil
    }
    return weights
  }

  /// The column of the file that has the weights.
  private mutating func weightColumn() -> DataFile.Column? {
    let key = Self.weights
    guard let entry = entry(key) else { return nil }
    guard case .scalar(let scalar) = entry.node.content, !scalar.isTruthValue else {
      fail(
        key, entry.place,
        "\(key) must be the name of a column of the CSV file, or its number from 1 (it is \(entry.node.shown))")
      return nil
    }
    guard let number = scalar.number else { return .name(scalar.text) }
    guard let place = number.unsigned, place >= 1, place <= StudyKey.dimensions.upperBound + 2 else {
      failExpectation(key, entry)
      return nil
    }
    return .number(Int(place))
  }

  // MARK: Points in a file

  private mutating func fileData(_ path: String, _ place: StudyPlace, isLabelled: Bool) -> DataSet? {
    let key = "problem.data.sha256"
    let expected = digest(key)
    let weightColumn = weightColumn()
    // Where the problem is wrong, the file may be read wrongly: with a misspelled target the last column is no label.
    guard let (scalar, _) = scalar(path), mistakes.spare("problem") else { return nil }
    let file = absolutePath(scalar.text, place)
    // A pipe could be read only once, and the digest names its content.
    guard StudyFile.isRegularOrMissing(file) else {
      fail(path, place, "\(path): \(file) is no regular file; write the points into a file")
      return nil
    }
    let bytes: [UInt8]
    do throws(StudyError) {
      bytes = try StudyFile.bytes(file, limit: Self.byteLimit, name: "data")
    } catch {
      fail(path, place, "\(path): \(error)")
      return nil
    }
    let digest = hexadecimal(SHA256.digest(of: bytes))
    if let expected, expected != digest {
      fail(
        key, entry(key)?.place ?? place,
        "\(key) is not the digest of \(file), which is \(digest); is it another file, or has it changed?")
      return nil
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      fail(path, place, "\(path): \(file) is not UTF-8 text; is it another file?")
      return nil
    }
    do throws(DataError) {
      let data = try DataSet(
        csv: text, path: file, digest: digest, isLabelled: isLabelled, weights: weightColumn)
      guard data.dimension <= StudyKey.dimensions.upperBound, data.count <= StudyKey.points.upperBound else {
        fail(
          path, place,
          "\(path): \(file) has \(counted(data.count, "point")) of \(counted(data.dimension, "coordinate")); at most "
            + "\(StudyKey.points.upperBound) points of \(StudyKey.dimensions.upperBound) coordinates are possible")
        return nil
      }
      return data
    } catch {
      if error.isOfWeightColumn, let entry = entry(Self.weights) {
        fail(Self.weights, entry.place, "\(Self.weights) \(error.message)")
      } else {
        fail(path, place, "\(path): \(error)")
      }
      return nil
    }
  }

  /// The most bytes of a data file.
  private static let byteLimit = 1 << 30

  /// Paths in a study file begin at its folder, those on the command line where the user is.
  private func absolutePath(_ path: String, _ place: StudyPlace) -> String {
    var base = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    if place.option == nil, case .file(let study) = origin {
      base = URL(filePath: study, relativeTo: base).deletingLastPathComponent()
    }
    return URL(filePath: path, relativeTo: base).standardizedFileURL.path
  }

  /// A data set that only its digest is known of.
  private mutating func storedData(_ path: String, _ place: StudyPlace) -> DataSet? {
    let digest = digest("\(path).sha256")
    let points = integer("\(path).points")
    let dimension = integer("\(path).dimension")
    let line = integer("\(path).header.line")
    let columns = text("\(path).header.columns")
    let weightColumn = weightColumn()
    guard case .ledger = origin else {
      fail(path, place, "\(path) must be \(key(path).expectation) (it is a mapping, as in the definition of a ledger)")
      return nil
    }
    guard let digest, let points, let dimension else { return nil }
    let isLabelled = entry("problem.target") == nil
    let header = line.flatMap { line in columns.map { DataFile.Header(line: Int(line), columns: $0) } }
    return DataSet(
      origin: .file(DataFile(path: "", digest: digest, header: header, weightColumn: weightColumn)),
      dimension: Int(dimension), inputs: Array(repeating: 0, count: Int(points * dimension)),
      labels: isLabelled ? Array(repeating: 0, count: Int(points)) : nil,
      weights: weightColumn == nil ? nil : Array(repeating: 1, count: Int(points)))
  }
}
