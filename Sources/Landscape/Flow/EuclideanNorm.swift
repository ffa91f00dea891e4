/// The Euclidean norm, the squares summed in the order of the components.
func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
