/// Who computes which trials next: a value, without messages, clock or ledger. Times are handed in, in seconds on a clock
/// that the caller chooses. Nothing of an outcome depends on it.
///
/// **Blocks** take about half a second, up to two seconds for very many threads, so that rank zero takes in a few hundred
/// a second at most. Their sizes follow the measured time of a trial of the cell, and shrink towards the end so that all
/// ranks finish together. Each rank has a block for every thread and up to two more that wait.
///
/// **Cells take turns** in rounds: a cell that has 2^k trials, stored or handed out, waits until all cells have, so that a
/// run that is cut short has something of each. A block is not cut at the end of a round: cells are apart by a block.
///
/// **Attempts.** A block that is handed out has a deadline. One that is overdue is handed to another rank as soon as
/// nothing else is left for that rank; one that failed, or whose rank has gone, goes to the next rank. The first result
/// counts; later ones are those of a block that is stored already.
///
/// What happens once a block takes O(log n) for n blocks in flight; ``secondsLeft`` takes a step a cell, ``isIdle`` and
/// ``rankCount`` one a rank, ``overdue(at:)`` one a block in flight.
package struct Schedule: Sendable {
  /// Blocks that a rank has waiting beside the ones its threads compute.
  static let blocksAhead = 2
  /// A block is overdue when it takes this many seconds more than `lateness` times what is expected; each attempt has
  /// twice as long as the one before. Generous, because trials may be of very different length.
  static let patience = 5.0
  static let lateness = 4.0

  /// Compute time that a block is meant to take, in seconds.
  static func blockSeconds(threads: Int) -> Double { min(2, max(0.5, Double(threads) / 128)) }

  private struct Rank: Sendable {
    /// 0 while the rank is not here.
    var threads = 0
    /// In the order they were handed out.
    var blocks: [Block] = []
    /// Blocks that wait; negative where threads are idle.
    var ahead: Int { blocks.count - threads }
  }

  /// A block that is not stored yet.
  private struct Flight: Sendable {
    var attempts = 0
    var deadline = 0.0
    /// The ranks that have it: mostly one.
    var holder: Int?
    var otherHolders: [Int] = []
    var hasArrived = false

    var isHeld: Bool { holder != nil }
    func isHeld(by rank: Int) -> Bool { holder == rank || otherHolders.contains(rank) }

    mutating func give(to rank: Int) {
      if holder == nil { holder = rank } else { otherHolders.append(rank) }
    }

    mutating func take(from rank: Int) {
      if holder == rank { holder = otherHolders.popLast() } else { otherHolders.removeAll { $0 == rank } }
    }
  }

  /// The turn of a cell: the lowest round first, then the order of the study.
  private struct Turn: Comparable, Sendable {
    var round: Int
    var cell: Int
    static func < (a: Turn, b: Turn) -> Bool { (a.round, a.cell) < (b.round, b.cell) }
  }

  /// A rank that would take a block: the neediest first, then the one that has waited longest.
  private struct Demand: Comparable, Sendable {
    var ahead: Int
    var number: Int
    var rank: Int
    static func < (a: Demand, b: Demand) -> Bool { (a.ahead, a.number) < (b.ahead, b.number) }
  }

  private struct Deadline: Comparable, Sendable {
    var time: Double
    var block: Block
    static func < (a: Deadline, b: Deadline) -> Bool { a.time < b.time }
    static func == (a: Deadline, b: Deadline) -> Bool { a.time == b.time }
  }

  private let forcedSize: Int?
  private var cells: [CellSchedule]
  private var ranks: [Rank] = []
  private var flights: [Block: Flight] = [:]
  /// One for each cell that has trials to hand out.
  private var turns = BinaryHeap<Turn>()
  /// One at least for each rank that would take a block; those that do not tell the rank's state any more are void.
  private var demands = BinaryHeap<Demand>()
  private var demandNumber = 0
  /// Those of blocks in flight, and void ones of blocks that have arrived or got a later one.
  private var deadlines = BinaryHeap<Deadline>()
  /// Blocks that failed or whose rank has gone.
  private var returned: [Block] = []

  /// Compute threads of all ranks.
  package private(set) var threads = 0
  /// Trials of blocks that have not arrived.
  package private(set) var trialsInFlight = 0
  /// Trials stored, of all cells.
  package private(set) var storedTrials: Int
  /// Trials that all cells are to have in the end.
  package private(set) var targetTrials: Int

  /// Compute time of the trials not yet handed out of measured cells, and the guess for that of the others.
  private var (measuredWork, guessedWork) = (0.0, 0.0)
  /// Over all measured trials: the time they took, and the guess for it.
  private var (measuredSeconds, measuredGuess) = (0.0, 0.0)

  /// - Parameter blockSize: a size for all blocks; nil to choose by time.
  package init(_ tasks: [CellTask], blockSize: Int?) {
    precondition(blockSize ?? 1 >= 1, "blocks have trials")
    forcedSize = blockSize
    cells = tasks.map(CellSchedule.init)
    targetTrials = cells.reduce(0) { $0 + $1.tally.target }
    storedTrials = cells.reduce(0) { $0 + $1.tally.stored }
    for cell in cells.indices where cells[cell].unassigned > 0 {
      turns.insert(Turn(round: cells[cell].round, cell: cell))
      guessedWork += Double(cells[cell].unassigned) * cells[cell].guessedSecondsPerTrial
    }
  }

  // MARK: What is done

  package var isComplete: Bool { storedTrials == targetTrials }
  /// What is stored of each cell.
  package var tallies: [CellTally] { cells.map(\.tally) }
  /// Whether no rank has a block, not even one that another has delivered.
  package var isIdle: Bool { ranks.allSatisfy(\.blocks.isEmpty) }
  /// Ranks that compute.
  package var rankCount: Int { ranks.count { $0.threads > 0 } }

  /// The measured compute time of a trial in seconds; of a cell that is not measured yet a guess, corrected by how wrong
  /// the guesses were for those that are.
  package func secondsPerTrial(cell: Int) -> Double {
    cells[cell].measuredSecondsPerTrial ?? max(cells[cell].guessedSecondsPerTrial * correction, 1e-9)
  }

  /// How long all trials that are not stored will take the ranks that are here, in seconds.
  package var secondsLeft: Double {
    let work = cells.indices.reduce(0) { sum, cell in
      let tally = cells[cell].tally
      return sum + Double(max(0, cells[cell].likelyTarget - tally.stored)) * secondsPerTrial(cell: cell)
    }
    return work / Double(max(1, threads))
  }

  /// Trials that all cells will likely have in the end.
  package var likelyTrials: Int { cells.reduce(0) { $0 + max($1.likelyTarget, $1.tally.stored) } }

  private var correction: Double { measuredGuess > 0 ? measuredSeconds / measuredGuess : 1 }

  /// Compute time of the trials not yet handed out, in seconds.
  private var unassignedWork: Double { max(0, measuredWork + correction * guessedWork) }

  // MARK: Cells that end before their target

  /// Tells the schedule how many trials a cell will likely have in the end.
  package mutating func expect(_ trials: Int, ofCell cell: Int) {
    cells[cell].likelyTarget = min(max(trials, cells[cell].tally.prefix), cells[cell].tally.target)
  }

  /// Lowers the target of a cell to `end`.
  ///
  /// - Parameter missing: the trials below it that are to be handed out, maybe again, up to `end`; those before them are
  ///   stored, or about to be.
  package mutating func close(_ cell: Int, at end: Int, missing: Range<Int>) {
    let (target, unassigned) = (cells[cell].tally.target, cells[cell].unassigned)
    storedTrials -= cells[cell].close(at: end, missing: missing)
    targetTrials -= target - end
    moveWork(of: cell, from: unassigned)
    if cells[cell].unassigned > 0 { turns.insert(Turn(round: cells[cell].round, cell: cell)) }
  }

  /// Whether the trials of a block lie below the target of their cell.
  package func wants(_ block: Block) -> Bool { block.trials.upperBound <= cells[block.cell].tally.target }

  /// The result of a block that has arrived is not needed.
  package mutating func discard(_ block: Block) { flights[block] = nil }

  // MARK: Ranks

  /// A rank is ready to compute.
  package mutating func join(rank: Int, threads: Int) {
    precondition(threads > 0, "a rank computes")
    while ranks.count <= rank { ranks.append(Rank()) }
    precondition(ranks[rank].threads == 0, "rank \(rank) is here already")
    ranks[rank].threads = threads
    self.threads += threads
    demand(rank)
  }

  /// A rank is lost: what it has goes to others.
  package mutating func leave(rank: Int) {
    threads -= ranks[rank].threads
    ranks[rank].threads = 0
    // The lowest trials last, which is where the next block comes from.
    for block in ranks[rank].blocks.sorted(by: { ($0.cell, $0.trials.lowerBound) > ($1.cell, $1.trials.lowerBound) }) {
      fail(block, rank: rank)
    }
  }

  private mutating func demand(_ rank: Int) {
    guard ranks[rank].threads > 0, ranks[rank].ahead < Self.blocksAhead else { return }
    demands.insert(Demand(ahead: ranks[rank].ahead, number: demandNumber, rank: rank))
    demandNumber += 1
  }

  // MARK: Handing out

  /// The next block, and the rank that is to have it; nil where no rank needs one now, or no block is left.
  package mutating func next(at now: Double) -> Assignment? {
    // Idle ranks that hold the overdue blocks themselves.
    var passed: [Demand] = []
    defer { for demand in passed { demands.insert(demand) } }
    while let demand = demands.removeFirst() {
      guard ranks[demand.rank].threads > 0, ranks[demand.rank].ahead == demand.ahead else { continue }
      // Blocks ahead only while more than one is left for every thread, so that no rank sits on blocks that another
      // could do.
      let isIdle = demand.ahead < 0
      if isIdle || unassignedWork >= Self.blockSeconds(threads: threads) * Double(threads) / 4 {
        if let block = nextReturned() ?? nextNew() ?? (isIdle ? nextOverdue(at: now, for: demand.rank) : nil) {
          return assign(block, to: demand.rank, at: now)
        }
      }
      passed.append(demand)
      guard isIdle, let due = deadlines.first, due.time <= now else { return nil }
    }
    return nil
  }

  private mutating func nextReturned() -> Block? {
    while let block = returned.popLast() {
      // It may have come from a rank that was taken for lost.
      if let flight = flights[block], !flight.hasArrived, !flight.isHeld, wants(block) { return block }
    }
    return nil
  }

  private mutating func nextNew() -> Block? {
    var next = turns.removeFirst()
    // Of cells that were closed.
    while let turn = next, cells[turn.cell].unassigned == 0 { next = turns.removeFirst() }
    guard let turn = next else { return nil }
    let secondsPerTrial = secondsPerTrial(cell: turn.cell)
    // Towards the end a block is at most a quarter of what is left for each thread.
    let seconds = min(Self.blockSeconds(threads: threads), unassignedWork / Double(4 * threads))
    let chosen = Int(min(seconds / secondsPerTrial, Double(cells[turn.cell].trustedSize)))
    let before = cells[turn.cell].unassigned
    let trials = cells[turn.cell].take(
      forcedSize ?? max(cells[turn.cell].smallestBlock, chosen), isForced: forcedSize != nil)
    guard let trials else { preconditionFailure("a cell has a turn while it has trials to hand out") }
    moveWork(of: turn.cell, from: before)
    if cells[turn.cell].unassigned > 0 { turns.insert(Turn(round: cells[turn.cell].round, cell: turn.cell)) }
    let block = Block(cell: turn.cell, trials: trials)
    trialsInFlight += trials.count
    return block
  }

  /// An overdue block that `rank` does not have itself.
  private mutating func nextOverdue(at now: Double, for rank: Int) -> Block? {
    var own: [Deadline] = []
    defer { for deadline in own { deadlines.insert(deadline) } }
    while let due = deadlines.first, due.time <= now {
      _ = deadlines.removeFirst()
      guard let flight = flights[due.block], !flight.hasArrived, flight.deadline == due.time, wants(due.block) else {
        continue
      }
      guard flight.isHeld(by: rank) else { return due.block }
      own.append(due)
    }
    return nil
  }

  private mutating func assign(_ block: Block, to rank: Int, at now: Double) -> Assignment {
    let ahead = ranks[rank].ahead
    ranks[rank].blocks.append(block)
    demand(rank)
    // What waits before it at the same rank takes its time, too.
    let turns = 1 + Double(max(0, ahead + 1)) / Double(ranks[rank].threads)
    let expected = turns * Double(block.trials.count) * secondsPerTrial(cell: block.cell)
    func give(_ flight: inout Flight) -> Assignment {
      flight.attempts += 1
      flight.give(to: rank)
      flight.deadline = now + (Self.patience + Self.lateness * expected) * Double(1 << min(flight.attempts - 1, 30))
      return Assignment(block: block, rank: rank, attempt: flight.attempts, deadline: flight.deadline)
    }
    let assignment = give(&flights[block, default: Flight()])
    deadlines.insert(Deadline(time: assignment.deadline, block: block))
    return assignment
  }

  // MARK: Taking in

  /// The result of a block has come from a rank; it is not stored yet.
  ///
  /// - Parameter seconds: compute time.
  /// - Returns: whether it is the first result of the block.
  @discardableResult package mutating func arrive(_ block: Block, rank: Int, seconds: Double) -> Bool {
    takeBack(block, from: rank)
    guard let place = flights.index(forKey: block), !flights.values[place].hasArrived else { return false }
    flights.values[place].hasArrived = true
    trialsInFlight -= block.trials.count
    measure(block, seconds: seconds)
    return true
  }

  /// The result of a block that has arrived is on disk.
  ///
  /// - Returns: whether it was not before.
  @discardableResult package mutating func store(_ block: Block) -> Bool {
    guard flights.removeValue(forKey: block) != nil else { return false }
    cells[block.cell].store(block.trials)
    storedTrials += block.trials.count
    return true
  }

  /// A rank will not deliver a block: it is handed out again, unless another rank has it.
  package mutating func fail(_ block: Block, rank: Int) {
    takeBack(block, from: rank)
    guard let place = flights.index(forKey: block), !flights.values[place].hasArrived else { return }
    flights.values[place].take(from: rank)
    if !flights.values[place].isHeld { returned.append(block) }
  }

  private mutating func takeBack(_ block: Block, from rank: Int) {
    guard let place = ranks[rank].blocks.firstIndex(of: block) else { return }
    ranks[rank].blocks.remove(at: place)
    demand(rank)
  }

  /// The blocks that should have arrived before `now`.
  package func overdue(at now: Double) -> [Block] {
    flights.filter { !$0.value.hasArrived && $0.value.isHeld && $0.value.deadline <= now }.map(\.key)
  }

  private mutating func measure(_ block: Block, seconds: Double) {
    let cell = block.cell
    let unassigned = Double(cells[cell].unassigned)
    let guess = cells[cell].guessedSecondsPerTrial
    if let old = cells[cell].measuredSecondsPerTrial {
      measuredWork -= unassigned * old
    } else {
      guessedWork -= unassigned * guess
    }
    cells[cell].measure(trials: block.trials.count, seconds: seconds)
    measuredWork += unassigned * secondsPerTrial(cell: cell)
    measuredSeconds += seconds
    measuredGuess += Double(block.trials.count) * guess
  }

  /// Trials of a cell were handed out: before there were `before` to hand out.
  private mutating func moveWork(of cell: Int, from before: Int) {
    let trials = Double(before - cells[cell].unassigned)
    if let seconds = cells[cell].measuredSecondsPerTrial {
      measuredWork -= trials * seconds
    } else {
      guessedWork -= trials * cells[cell].guessedSecondsPerTrial
    }
  }
}
