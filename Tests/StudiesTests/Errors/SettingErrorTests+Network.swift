extension SettingErrorTests {
  static let networkCases: [(arguments: [String], message: String)] = [
    (
      ["network.activation=gleu"],
      """
      --set network.activation: network.activation must be relu, leaky-relu, clipping, identity, logistic, tanh, \
      softplus, gelu, silu, elu, softsign, sine or threshold-straight-through, or a mapping with a setting, such as \
      {leaky-relu: 0.01} (it is "gleu"); did you mean "gelu"?
      """
    ),
    (
      ["network.activation={relu: 1}"],
      """
      --set network.activation: network.activation.relu is not a key here; relu has no settings, write activation: \
      relu
      """
    ),
    (
      ["network.activation={elu: 0}"],
      "--set network.activation: network.activation.elu must be a finite number greater than 0 (it is 0)"
    ),
    (
      ["network.activation={leaky-relu: x}"],
      "--set network.activation: network.activation.leaky-relu must be a finite number (it is \"x\")"
    ),
    (
      ["network.activation={leaky-relu: 1, elu: 1}"],
      """
      --set network.activation: network.activation must be relu, leaky-relu, clipping, identity, logistic, tanh, \
      softplus, gelu, silu, elu, softsign, sine or threshold-straight-through, or a mapping with a setting, such as \
      {leaky-relu: 0.01} (it has leaky-relu and elu)
      """
    ),
    (
      ["network.initial=he-normal"],
      """
      --set network.initial: network.initial must be pytorch, or a mapping with the keys inner-weights, \
      inner-biases, outer-weights, outer-bias, weights and biases, or a starting point with the keys point, saddle, \
      distance and first-kink (it is "he-normal"); what are the biases? Write {weights: he-normal, biases: \
      {constant: 0}} for biases 0
      """
    ),
    (
      ["network.initial=torch"],
      """
      --set network.initial: network.initial must be pytorch, or a mapping with the keys inner-weights, \
      inner-biases, outer-weights, outer-bias, weights and biases, or a starting point with the keys point, saddle, \
      distance and first-kink (it is "torch")
      """
    ),
    (
      ["network.initial={weights: pytorch}"],
      """
      --set network.initial: network.initial.biases is missing; it must be he-normal, he-uniform, xavier-normal, \
      xavier-uniform, lecun-normal, lecun-uniform or pytorch, or a mapping with one of these or normal, half-normal, \
      uniform, constant or large-bias as its key, such as {normal: "h^(-1/2)"}
      """
    ),
    (
      ["network.initial={inner-weights: pytorch, biases: pytorch}"],
      """
      --set network.initial: network.initial.outer-weights is missing; it must be he-normal, he-uniform, \
      xavier-normal, xavier-uniform, lecun-normal, lecun-uniform or pytorch, or a mapping with one of these or \
      normal, half-normal, uniform, constant or large-bias as its key, such as {normal: "h^(-1/2)"}
      """
    ),
    (
      ["network.initial={weights: pytorch, biases: pytorch, inner-weights: pytorch, outer-weights: pytorch}"],
      """
      --set network.initial: network.initial.weights has no effect, because all weights have laws of their own; \
      leave it out
      """
    ),
    (
      ["network.initial={weights: pytorch, biases: pytorch, layer-2-weights: pytorch}"],
      """
      --set network.initial: network.initial.layer-2-weights is not a key here; the parameter blocks of these \
      networks are inner-weights, inner-biases, outer-weights, outer-bias, weights and biases
      """
    ),
    (
      ["network.initial={weights: he_normal, biases: pytorch}"],
      """
      --set network.initial: network.initial.weights must be he-normal, he-uniform, xavier-normal, xavier-uniform, \
      lecun-normal, lecun-uniform or pytorch, or a mapping with one of these or normal, half-normal, uniform, \
      constant or large-bias as its key, such as {normal: "h^(-1/2)"} (it is "he_normal"); did you mean "he-normal"?
      """
    ),
    (
      ["network.initial={weights: {he-normal: -1}, biases: pytorch}"],
      """
      --set network.initial: network.initial.weights.he-normal must be a gain from 0 to 3.4e38 in every cell (it is \
      -1 in cell 5)
      """
    ),
    (
      ["network.initial={weights: {pytorch: 1e39}, biases: pytorch}"],
      """
      --set network.initial: network.initial.weights.pytorch must be a gain from 0 to 3.4e38 in every cell (it is \
      1e39 in cell 5)
      """
    ),
    (
      ["network.initial={weights: {normal: h2}, biases: pytorch}"],
      """
      --set network.initial: network.initial.weights.normal: unknown name "h2" in column 1; did you mean "h1"?
          h2
          ^
      """
    ),
    (
      ["network.hidden=[[2, 3], [4]]"],
      """
      5 mistakes:
      inner.yaml:10: network.initial.inner-weights is not a key here; the parameter blocks of these networks are \
      weights and biases
      inner.yaml:11: network.initial.inner-biases is not a key here; the parameter blocks of these networks are \
      weights and biases
      inner.yaml:12: network.initial.outer-weights is not a key here; the parameter blocks of these networks are \
      weights and biases
      inner.yaml:13: network.initial.outer-bias is not a key here; the parameter blocks of these networks are \
      weights and biases
      inner.yaml:14: network.trainable may list weights and biases (here is "inner-biases")
      """
    ),
    (
      ["network.hidden=[[2, 3], [4]]", "network.initial=pytorch"],
      "inner.yaml:14: network.trainable may list weights and biases (here is \"inner-biases\")"
    ),
    (
      [
        "network.hidden=[[2, 3]]", "network.initial={weights: pytorch, layer-4-biases: pytorch}",
        "network.trainable=[weights]",
      ],
      """
      --set network.initial: network.initial.layer-4-biases is not a key here; the parameter blocks of these \
      networks are layer-1-weights, layer-1-biases, layer-2-weights, ..., weights and biases
      """
    ),
    (
      ["network.hidden=[[65536, 65536]]", "network.initial=pytorch", "network.trainable=[weights]"],
      """
      --set network.hidden: network.hidden: the networks of cell 65536-65536 have 4295229441 parameters, and at most \
      134217728 are possible
      """
    ),
    (
      [
        "network.hidden=[[\(Array(repeating: "2", count: 101).joined(separator: ", "))]]"
      ],
      "--set network.hidden: network.hidden: entry 1 has 101 hidden layers; networks have at most 100"
    ),
    (
      ["network.trainable=[biases, inner-biases]"],
      """
      --set network.trainable: network.trainable lists inner-biases, which is one of the biases it also lists; keep \
      one of them
      """
    ),
    (
      ["network.trainable=[layer-2-biases]"],
      """
      --set network.trainable: network.trainable may list inner-weights, inner-biases, outer-weights, outer-bias, \
      weights and biases (here is "layer-2-biases")
      """
    ),
  ]
}
