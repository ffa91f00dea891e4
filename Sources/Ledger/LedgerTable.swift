/// The tables of a ledger. Documentation/ledger.md describes every column.
enum LedgerTable: String, CaseIterable {
  case study, cell, run, target
  case observable, block, observation
  case trajectory
  case wholeTrajectory = "trial_trajectory"
  case level, crash, tally

  var name: String { rawValue }

  /// The statement that makes the table; SQLite keeps its text.
  ///
  /// What has long rows is stored in tables with row ids. WITHOUT ROWID would keep less than a quarter of a page of a row
  /// in its place and move the rest to pages of its own. The primary keys of blocks and trajectories contain `count` so
  /// that ranges are read from their indexes; two blocks with the same first trial overlap, which the writer refuses. A
  /// column is found by observable first: what reads one quantity of all trials reads nothing else.
  var definition: String {
    switch self {
    case .study:
      """
      CREATE TABLE study (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        name TEXT NOT NULL,
        definition TEXT NOT NULL,
        identity TEXT NOT NULL DEFAULT '',
        hash TEXT NOT NULL,
        kernel_level TEXT NOT NULL,
        created TEXT NOT NULL,
        version TEXT NOT NULL,
        cells TEXT NOT NULL DEFAULT '',
        seal BLOB NOT NULL DEFAULT x''
      )
      """
    case .cell:
      """
      CREATE TABLE cell (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        position INTEGER NOT NULL,
        label TEXT NOT NULL,
        definition TEXT NOT NULL,
        kernel TEXT NOT NULL DEFAULT '',
        checkpoints TEXT NOT NULL DEFAULT '',
        analysis INTEGER NOT NULL DEFAULT 0,
        limits TEXT NOT NULL DEFAULT '',
        observables TEXT NOT NULL DEFAULT '',
        seal BLOB NOT NULL DEFAULT x''
      )
      """
    case .run:
      """
      CREATE TABLE run (
        id INTEGER PRIMARY KEY,
        started TEXT NOT NULL,
        finished TEXT,
        host TEXT NOT NULL,
        pid INTEGER NOT NULL,
        ranks INTEGER NOT NULL,
        threads INTEGER NOT NULL,
        kernel_level TEXT NOT NULL,
        version TEXT NOT NULL,
        revision TEXT NOT NULL DEFAULT '',
        arithmetic INTEGER NOT NULL DEFAULT 0,
        compiler TEXT NOT NULL,
        mpi TEXT NOT NULL,
        verdict TEXT NOT NULL DEFAULT '',
        command_line TEXT NOT NULL,
        seed TEXT NOT NULL,
        ending TEXT,
        seal BLOB NOT NULL DEFAULT x''
      )
      """
    case .target:
      """
      CREATE TABLE target (
        id INTEGER PRIMARY KEY,
        cell INTEGER NOT NULL REFERENCES cell (id),
        trials INTEGER NOT NULL,
        done INTEGER NOT NULL,
        set_at TEXT NOT NULL,
        run INTEGER NOT NULL REFERENCES run (id),
        rule TEXT NOT NULL DEFAULT '',
        stages TEXT NOT NULL DEFAULT '',
        seal BLOB NOT NULL DEFAULT x''
      )
      """
    case .observable: Self.observable(seal: Self.sealColumn)
    case .block: Self.block(seal: Self.sealColumn)
    case .observation:
      """
      CREATE TABLE observation (
        cell INTEGER NOT NULL REFERENCES cell (id),
        observable INTEGER NOT NULL REFERENCES observable (id),
        first INTEGER NOT NULL,
        checksum BLOB NOT NULL,
        reals BLOB NOT NULL,
        PRIMARY KEY (cell, observable, first)
      )
      """
    case .trajectory:
      """
      CREATE TABLE trajectory (
        cell INTEGER NOT NULL REFERENCES cell (id),
        first INTEGER NOT NULL,
        count INTEGER NOT NULL,
        checksum BLOB NOT NULL,
        aggregate BLOB NOT NULL,
        PRIMARY KEY (cell, first, count)
      )
      """
    case .wholeTrajectory:
      """
      CREATE TABLE trial_trajectory (
        cell INTEGER NOT NULL REFERENCES cell (id),
        trial INTEGER NOT NULL,
        checksum BLOB NOT NULL,
        reals BLOB NOT NULL,
        PRIMARY KEY (cell, trial)
      )
      """
    case .level:
      """
      CREATE TABLE level (
        key TEXT PRIMARY KEY NOT NULL,
        checksum BLOB NOT NULL,
        bytes BLOB NOT NULL
      )
      """
    case .crash:
      """
      CREATE TABLE crash (
        cell INTEGER NOT NULL REFERENCES cell (id),
        trial INTEGER NOT NULL,
        run INTEGER NOT NULL REFERENCES run (id),
        found_at TEXT NOT NULL,
        signal INTEGER NOT NULL,
        seal BLOB NOT NULL DEFAULT x'',
        PRIMARY KEY (cell, trial)
      )
      """
    case .tally:
      """
      CREATE TABLE tally (
        name TEXT PRIMARY KEY NOT NULL,
        rows INTEGER NOT NULL,
        digest BLOB NOT NULL
      )
      """
    }
  }

  /// Without a seal as in ledgers of schemas 5 and 6.
  static func observable(seal: String) -> String {
    """
    CREATE TABLE observable (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      title TEXT NOT NULL,
      unit TEXT NOT NULL,
      domain TEXT NOT NULL,
      moment TEXT NOT NULL,\(seal)
      UNIQUE (name, moment)
    )
    """
  }

  /// Without a seal as in ledgers of schemas 5 and 6.
  static func block(seal: String) -> String {
    """
    CREATE TABLE block (
      cell INTEGER NOT NULL REFERENCES cell (id),
      first INTEGER NOT NULL,
      count INTEGER NOT NULL,
      run INTEGER NOT NULL REFERENCES run (id),
      seconds REAL NOT NULL,
      checksum BLOB NOT NULL,\(seal)
      PRIMARY KEY (cell, first, count)
    )
    """
  }

  private static let sealColumn = "\n  seal BLOB NOT NULL DEFAULT x'',"

  // MARK: - Checksums

  /// The column with the checksum that stands for a row in the tally of the table; nil for tables without one: columns
  /// belong to their block, which knows them.
  var checksumColumn: String? {
    switch self {
    case .study, .cell, .run, .target, .observable, .block, .crash: "seal"
    case .trajectory, .wholeTrajectory, .level: "checksum"
    case .observation, .tally: nil
    }
  }

  /// Whether the checksum of a row is one of all its other columns, see ``RowSeal``.
  var hasSeals: Bool { checksumColumn == "seal" }
}
