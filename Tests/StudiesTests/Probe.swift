import Studies
import Testing

let base = """
  study: inner-bias
  source: "a test"
  problem:
    input: {uniform: [0, 1]}
    target: "x^4 * sin(x)"
  network:
    activation: relu
    hidden: [[5], [20]]
    initial:
      inner-weights: {half-normal: "h^(-4/15)"}
      inner-biases: {normal: 1}
      outer-weights: {uniform: [-1, "h"]}
      outer-bias: {constant: 0}
    trainable: [inner-biases]
  training:
    optimizer: sgd
    learning-rate: "0.1 * 0.5^floor((n+1)/500)"
    steps: 1000
    batch: {size: 64, stream: independent}
  verdict:
    good: {risk-at-most: 1e-3}
    stationary: {relative-decrease-at-most: 0.1}
  sampling: {trials: 300, seed: 5, confidence: 0.95}

  """
func with(_ line: Int, _ r: String?) -> String {
  var l = base.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  if let r { l[line-1] = r } else { l.remove(at: line-1) }
  return l.joined(separator: "\n")
}
@Test func probe() {
  let cases: [(Int, String?)] = [
   (1, nil), (1, "study:"), (1, "study: no"), (1, "study: 42"), (1, "study: \"42\""), (1, "study: a b"), (1, "study: -x"), (1, "study: [a]"), (1,"stud: a"), (1,"name: a"),
   (2, "source: 2212.13111"), (2, "source: {a: b}"), (2, "source: \"a\\eb\""), (2,"source: yes"),
   (3, "problm:"), (4, "  input: [0, 1]"), (4, "  input: {unifrm: [0, 1]}"), (4, "  input: {normal: 1}"), (4, "  input: {}"), (4, "  input: {uniform: [0]}"), (4, "  input: {uniform: 0}"),
   (4, "  input: {uniform: [0, [1]]}"), (4, "  input: {uniform: [1, 0]}"), (4, "  input: {uniform: [0, \"1/0\"]}"), (4, "  input: {uniform: [1, \"1+1e-12\"]}"), (4, "  input: {uniform: [0, x]}"), (4, "  input: {uniform: [0, 1e999]}"), (4, "  input: {uniform: [0, 1e99]}"), (4, "  input: {uniform: [0, ]}"), (4, "  input: {uniform: [0, ~]}"),
   (5, nil), (5, "  target: \"x^4 * sine(x)\""), (5, "  target: \"x +\""), (5, "  target: [x]"), (5, "  target: yes"), (5, "  target: \"\""), (5, "  target:"), (5, "  target: 2*h"),
   (6, "netwrk:"), (7, "  activation: rleu"), (7, "  activation: tanh"), (7, "  activation: 1"), (7, "  activation: [relu]"),
   (8, nil), (8, "  hiden: [[5], [20]]"), (8, "  hidden: []"), (8, "  hidden: [5, 20]"), (8, "  hidden: [5, 20, 30, 40]"), (8, "  hidden: 5"), (8, "  hidden: \"5\""), (8, "  hidden: [[5], 20]"), (8, "  hidden: [[5], []]"), (8, "  hidden: [[5], [0]]"), (8, "  hidden: [[5], [-3]]"), (8, "  hidden: [[5], [2.5]]"), (8, "  hidden: [[5], [65537]]"), (8, "  hidden: [[5], [\"5\"]]"), (8, "  hidden: [[5], [[5]]]"), (8, "  hidden: [[5], [8, 8]]"), (8, "  hidden: [[5], [20], [5.0]]"), (8, "  hidden: {a: 5}"), (8, "  hidden: [[5], [x]]"), (8, "  hidden: [[5], ~]"), (8, "  hidden: [a, b]"),
   (9, "  inital:"), (10, nil), (10, "    inner-weight: {normal: 1}"), (10, "    inner-weights: 1"), (10, "    inner-weights: {gaussian: 1}"), (10, "    inner-weights: {halfnormal: 1}"), (10, "    inner-weights: {normal: 1, constant: 2}"), (10, "    inner-weights: {}"), (10, "    inner-weights: {normal: \"1 - h\"}"), (10, "    inner-weights: {half-normal: \"log(h - 20)\"}"), (10, "    inner-weights: {half-normal: \"h^50\"}"), (10, "    inner-weights: {constant: \"1/(h-5)\"}"), (10, "    inner-weights: {uniform: [h, 10]}"), (10, "    inner-weights: {uniform: [0, \"1/(h-5)\"]}"), (10, "    inner-weights: {uniform: 1}"), (10, "    inner-weights: {uniform: [0, \"x\"]}"), (10, "    inner-weights: {normal: \"n\"}"), (10, "    inner-weights: {normal: [1]}"), (10, "    inner-weights: {normal:}"),
   (14, "  trainable: inner-biases"), (14, "  trainable: all"), (14, "  trainable: []"), (14, "  trainable: [biases]"), (14, "  trainable: [inner-biass]"), (14, "  trainable: [inner-biases, inner-biases]"), (14, "  trainable: [[inner-biases]]"),
   (15, "training: 5"), (15, "trainng:"), (16, "  optimizer: sdg"), (16, "  optimizer: adam"), (17, nil), (17, "  learning-rate: \"0.1 - 0.01 * n\""), (17, "  learning-rate: \"sqrt(100 - n*h)\""), (17, "  learning-rate: \"1/n\""), (17, "  learning-rate: \"0.1 * t\""), (17, "  learning-rate: -0.1"), (17, "  learnin-rate: 0.1"), (17, "  learning_rate: 0.1"), (17, "  lr: 0.1"),
   (18, nil), (18, "  steps: -5"), (18, "  steps: 0"), (18, "  steps: 10000001"), (18, "  steps: 2.5"), (18, "  steps: \"300\""), (18, "  steps: many"), (18, "  steps: no"), (18, "  steps: [5]"), (18, "  steps: {a: 5}"), (18, "  steps:"), (18, "  steps: 0x10"), (18, "  steps: !!int 5"), (18, "  steps: 1_000"),
   (19, "  batch: 64"), (19, "  batch: {size: 0}"), (19, "  batch: {size: 1048577}"), (19, "  batch: {stream: shard}"), (19, "  batch: {stream: on}"), (19, "  batch: {trials: 5}"), (19, "  batch: {sise: 5}"), (19, "  batch: [64]"), (19, "  batch: {size: 1, size: 2}"),
   (20, "verdit:"), (21, nil), (21, "  good: 1e-3"), (21, "  good: {risk-at-most: -1}"), (21, "  good: {risk-at-most: .inf}"), (21, "  good: {risk-at-most: \"1e-3\"}"), (21, "  good: {risk-at-least: 1}"), (21, "  good: {}"),  (21, "  good: {risk-at-most: 1e999}"),
   (22, "  stationary: {gradient-norm-at-most: 0}"), (22, "  stationary: {relative-decrease-at-most: 0.1, gradient-norm-at-most: 1}"), (22, "  stationary: true"),
   (23, "sampling: {trials: 0}"), (23, "sampling: {trials: 1099511627777}"), (23, "sampling: {trials: 1e13}"), (23, "sampling: {seed: -1}"), (23, "sampling: {seed: 18446744073709551616}"), (23, "sampling: {confidence: 1}"), (23, "sampling: {confidence: 95}"), (23, "sampling: {confidence: 0}"), (23, "sampling: [5]"), (23, "sampling:"), (23, "steps: 5"), (23, "training.steps: 5"), (23, "[a]: 5"), (23, "? {a: 5}\n: 4"), (23, "7: 4"), (23, "sampling: {seeds: 5}"),  (23, "<<: {a: 1}"), (23, "\"a\\nb\": 3"), (23, "problem: 3"), (23, "foo: bar"),
   (3, "\tproblem:"), (4, "\tinput: 3"), (4, "  input: {uniform: [0, 1]"), (4, "  input: \"abc"), (5, "  target: x: 3"), (5, "  target: *foo"), (23, "---\na: 3"), (5, "  target: @x"), (5, "  target: \"\\q\""), (5, "  target: \u{1}"), (5, "   target: 3"), (5, "  target: %"),
   (7, "  source: x"), (7, "  study: x"),
  ]
  for (line, r) in cases {
    print("--", line, r ?? "nil")
    do { let s = try Study.parse(text: with(line, r), origin: .file("inner.yaml")); print("OK", s.name) } catch { print(error) }
  }
  for t in ["", "# only", "---\n", "~", "5", "[a]", "study", "---\n---\n", "\0", "\u{FEFF}study: a"] {
    print("--", t)
    do { let s = try Study.parse(text: t, origin: .file("inner.yaml")); print("OK", s.name) } catch { print(error) }
  }
  for t in ["training.steps=-5", "training.step=5", "steps=5", "training.steps.x=5", "x=", "training.steps=", "training.steps=[", "training..steps=4", "network.hidden=[5]", "network.hidden=[[8,8]]", "problem.target=x +", "source=a: b", "training=5", "problem.input=[0, 1]", "problem.input.uniform=[2,1]", "network.initial.inner-weights={nrmal: 1}", "network.initial.inner-weights.nrmal=1", "network.initial.inner-weights={normal: \"-h\"}", "training.steps", "=5", "training.learning-rate=-1", "training={}", "sampling.trials=2e12", "foo=1", "training.batch.stream=sharde", "training.steps=5\n---\n6", "training.steps=!!int 5", "verdict.good=1", "trainig.steps=5"] {
    print("--", t)
    do { let s = try Study.parse(text: base, origin: .file("inner.yaml"), overrides: [Override(argument: t)]); print("OK", s.name) } catch { print(error) }
  }
  for n in ["inner-bais", "foo", "nofile.yaml", "/tmp", "x/inner-bias", "/dev/zero", "/bin/ls"] {
    print("--", n)
    do { let s = try Study.load(n); print("OK", s.name) } catch { print(error) }
  }
}
