import Expressions
import Problems
import Studies

/// A study file; what is valid is written out and read again, as the same study.
func readStudy(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  do throws(StudyError) {
    // As that of a ledger, it reads no file.
    let study = try Study.parse(text: text, origin: .ledger("study"))
    let again = try Study.parse(text: study.text, origin: .ledger("again"))
    precondition(again.text == study.text, "the canonical text of a study is that of the same study")
  } catch {
    use("\(error)")
  }
}

/// An expression in the variables that initial laws, rates and targets have, and its value somewhere.
func readExpression(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  do throws(ExpressionError) {
    let expression = try Expression(parsing: text, variables: ["x", "h"])
    use(expression.text)
  } catch {
    use("\(error)")
  }
}

/// A CSV file, whose first byte says whether the points are labelled.
func readData(_ bytes: [UInt8]) {
  guard let first = bytes.first else { return }
  let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
  do throws(DataError) {
    use(try DataSet(csv: text, path: "points.csv", digest: "", isLabelled: first & 1 == 1))
  } catch {
    use("\(error)")
  }
}
