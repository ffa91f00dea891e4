import Campaign
import TestSupport

/// A job of many ranks in virtual time, which does what the schedule says.
///
/// A rank computes its blocks one after the other. Results are stored together, every quarter of a second.
struct VirtualJob {
  /// What becomes of a rank.
  struct Fate {
    /// Relative to the compute time of a trial.
    var speed = 1.0
    /// When it falls silent.
    var lost = Double.infinity
    /// Whether the schedule is told when it is lost.
    var isNoticed = false
  }

  private struct Event: Comparable {
    enum Kind {
      case finished(Block, rank: Int)
      case lost(rank: Int)
      case storing
    }
    var time: Double
    var number: Int
    var kind: Kind
    static func < (a: Event, b: Event) -> Bool { (a.time, a.number) < (b.time, b.number) }
    static func == (a: Event, b: Event) -> Bool { (a.time, a.number) == (b.time, b.number) }
  }

  private static let storingInterval = 0.25

  private(set) var schedule: Schedule
  private let secondsPerTrial: [Double]
  private let fates: [Fate]
  private var queues: [[Block]]
  private var events = BinaryHeap<Event>()
  private var eventNumber = 0
  private var arrived: [Block] = []
  private var random: SplitMix64
  /// Of each result, how many more times it arrives: once for every n-th.
  private let repetition: Int

  private(set) var now = 0.0
  /// How often a trial was stored, by cell.
  private(set) var timesStored: [[UInt8]]
  private(set) var blocks = 0
  /// Results of blocks that had one before.
  private(set) var duplicates = 0
  private(set) var reissues = 0
  /// Of fresh blocks: by how many rounds its cell was ahead of the one that was farthest behind.
  private(set) var largestLead = 0
  /// The trials of each cell that were handed out at least once.
  private var handedOut: [Int]
  /// Each cell's gap-free prefix at a third of the ideal time.
  private(set) var prefixesWhenCutShort: [Int] = []

  /// - Parameter repetition: every n-th result arrives twice.
  init(
    _ tasks: [CellTask], secondsPerTrial: [Double], fates: [Fate], blockSize: Int? = nil, repetition: Int = .max,
    seed: UInt64
  ) {
    schedule = Schedule(tasks, blockSize: blockSize)
    self.secondsPerTrial = secondsPerTrial
    self.fates = fates
    self.repetition = repetition
    queues = Array(repeating: [], count: fates.count)
    random = SplitMix64(state: seed)
    timesStored = tasks.map { task in
      var stored = [UInt8](repeating: 1, count: task.target)
      for range in task.missing { for trial in range { stored[trial] = 0 } }
      return stored
    }
    handedOut = tasks.map { task in task.target - task.missing.reduce(0) { $0 + $1.count } }
  }

  /// The time in which the ranks that are not lost could do everything.
  var idealSeconds: Double {
    let work = zip(timesStored, secondsPerTrial).reduce(0) { $0 + Double($1.0.count { $0 == 0 }) * $1.1 }
    return work / fates.reduce(0) { $0 + ($1.lost < .infinity ? 0 : $1.speed) }
  }

  mutating func run() {
    let cut = idealSeconds / 3
    for (rank, fate) in fates.enumerated() {
      schedule.join(rank: rank, threads: 1)
      if fate.lost < .infinity { after(fate.lost, .lost(rank: rank)) }
    }
    after(Self.storingInterval, .storing)
    assign()
    while !schedule.isComplete, let event = events.removeFirst() {
      now = event.time
      if now >= cut, prefixesWhenCutShort.isEmpty { prefixesWhenCutShort = schedule.tallies.map(\.prefix) }
      switch event.kind {
      case .finished(let block, let rank):
        guard now < fates[rank].lost else { continue }
        blocks += 1
        let times = blocks % repetition == 0 ? 2 : 1
        for _ in 0..<times {
          if !schedule.arrive(block, rank: rank, seconds: seconds(block)) { duplicates += 1 }
          arrived.append(block)
        }
        queues[rank].removeFirst()
        if let next = queues[rank].first { start(next, rank: rank) }
      case .lost(let rank):
        if fates[rank].isNoticed { schedule.leave(rank: rank) }
      case .storing:
        for block in arrived where schedule.store(block) {
          for trial in block.trials { timesStored[block.cell][trial] += 1 }
        }
        arrived = []
        after(Self.storingInterval, .storing)
      }
      assign()
    }
  }

  private mutating func assign() {
    while let assignment = schedule.next(at: now) {
      let (block, rank) = (assignment.block, assignment.rank)
      if assignment.attempt == 1 {
        noteLead(of: block.cell)
        handedOut[block.cell] += block.trials.count
      } else {
        reissues += 1
      }
      queues[rank].append(block)
      if queues[rank].count == 1 { start(block, rank: rank) }
    }
  }

  private mutating func noteLead(of cell: Int) {
    func round(_ trials: Int) -> Int { Int.bitWidth - trials.leadingZeroBitCount }
    for other in handedOut.indices where handedOut[other] < timesStored[other].count {
      largestLead = max(largestLead, round(handedOut[cell]) - round(handedOut[other]))
    }
  }

  private func seconds(_ block: Block) -> Double { Double(block.trials.count) * secondsPerTrial[block.cell] }

  private mutating func start(_ block: Block, rank: Int) {
    // Trials of a block differ.
    after(seconds(block) * random.uniform(0.8, 1.2) / fates[rank].speed, .finished(block, rank: rank))
  }

  private mutating func after(_ seconds: Double, _ kind: Event.Kind) {
    events.insert(Event(time: now + seconds, number: eventNumber, kind: kind))
    eventNumber += 1
  }
}
