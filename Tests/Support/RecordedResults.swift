import Foundation

/// What independent implementations recorded in a file of Tests/Data.
package func recordedResults<Results: Decodable>(_ file: String) -> Results {
  let data = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Data/\(file)")
  return try! JSONDecoder().decode(Results.self, from: Data(contentsOf: data))
}
