import GRDB

/// The form of a ledger. Documentation/ledger.md describes every column.
enum LedgerSchema {
  /// SQLite's application id of a ledger: "LNDF".
  static let applicationID = 0x4C4E_4446
  /// SQLite's user version of a ledger: the version of this schema. Version 1 had no trajectories and no kernels of
  /// cells, versions 1 and 2 neither analyses nor levels, versions 1 to 3 no versions of the arithmetic, and verdicts that
  /// were a part of what identified the study, versions 1 to 4 records of fixed length for outcomes and analyses,
  /// versions 1 to 5 targets without rules and stages; a reader takes what is missing for empty, a writer brings the ledger to the
  /// present version.
  static let version = 6

  // What has long rows is stored in tables with row ids. WITHOUT ROWID would keep less than a quarter of a page of a row
  // in its place and move the rest to pages of its own. The primary keys of blocks and trajectories contain `count` so that
  // ranges are read from their indexes; two blocks with the same first trial overlap, which the writer refuses.
  private static let tables = """
    CREATE TABLE study (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      name TEXT NOT NULL,
      definition TEXT NOT NULL,
      identity TEXT NOT NULL DEFAULT '',
      hash TEXT NOT NULL,
      kernel_level TEXT NOT NULL,
      created TEXT NOT NULL,
      version TEXT NOT NULL,
      cells TEXT NOT NULL DEFAULT ''
    );
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
      observables TEXT NOT NULL DEFAULT ''
    );
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
      ending TEXT
    );
    CREATE TABLE target (
      id INTEGER PRIMARY KEY,
      cell INTEGER NOT NULL REFERENCES cell (id),
      trials INTEGER NOT NULL,
      done INTEGER NOT NULL,
      set_at TEXT NOT NULL,
      run INTEGER NOT NULL REFERENCES run (id),
      rule TEXT NOT NULL DEFAULT '',
      stages TEXT NOT NULL DEFAULT ''
    );
    """ + tablesOfBlocks + tablesOfTrajectories + tableOfLevels

  private static let tablesOfTrajectories = """
    CREATE TABLE trajectory (
      cell INTEGER NOT NULL REFERENCES cell (id),
      first INTEGER NOT NULL,
      count INTEGER NOT NULL,
      checksum BLOB NOT NULL,
      aggregate BLOB NOT NULL,
      PRIMARY KEY (cell, first, count)
    );
    CREATE TABLE trial_trajectory (
      cell INTEGER NOT NULL REFERENCES cell (id),
      trial INTEGER NOT NULL,
      checksum BLOB NOT NULL,
      reals BLOB NOT NULL,
      PRIMARY KEY (cell, trial)
    );
    """

  private static let tableOfLevels = """
    CREATE TABLE level (
      key TEXT PRIMARY KEY NOT NULL,
      checksum BLOB NOT NULL,
      bytes BLOB NOT NULL
    );
    """

  // A column is found by observable first: what reads one quantity of all trials reads nothing else. A block that is
  // deleted, as the message about a damaged one suggests, takes its columns with it: a trigger works in every SQLite
  // shell, where foreign keys are not enforced.
  private static let tablesOfBlocks = """
    CREATE TABLE observable (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      title TEXT NOT NULL,
      unit TEXT NOT NULL,
      domain TEXT NOT NULL,
      moment TEXT NOT NULL,
      UNIQUE (name, moment)
    );
    CREATE TABLE block (
      cell INTEGER NOT NULL REFERENCES cell (id),
      first INTEGER NOT NULL,
      count INTEGER NOT NULL,
      run INTEGER NOT NULL REFERENCES run (id),
      seconds REAL NOT NULL,
      checksum BLOB NOT NULL,
      PRIMARY KEY (cell, first, count)
    );
    CREATE TABLE observation (
      cell INTEGER NOT NULL REFERENCES cell (id),
      observable INTEGER NOT NULL REFERENCES observable (id),
      first INTEGER NOT NULL,
      checksum BLOB NOT NULL,
      reals BLOB NOT NULL,
      PRIMARY KEY (cell, observable, first)
    );
    CREATE TRIGGER observations_of_deleted_block AFTER DELETE ON block BEGIN
      DELETE FROM observation
      WHERE cell = old.cell AND observable IN (SELECT id FROM observable) AND first = old.first;
    END;
    """

  // MARK: - Older ledgers

  private static let additionsOfVersion2 = """
    ALTER TABLE cell ADD COLUMN kernel TEXT NOT NULL DEFAULT '';
    ALTER TABLE cell ADD COLUMN checkpoints TEXT NOT NULL DEFAULT '';
    """ + tablesOfTrajectories

  private static let additionsOfVersion3 = """
    ALTER TABLE study ADD COLUMN cells TEXT NOT NULL DEFAULT '';
    ALTER TABLE cell ADD COLUMN analysis INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE analysis (
      cell INTEGER NOT NULL,
      first INTEGER NOT NULL,
      count INTEGER NOT NULL,
      checksum BLOB NOT NULL,
      records BLOB NOT NULL
    );
    """ + tableOfLevels

  // The blocks of cells with analyses have some of the form of version 3.
  private static let additionsOfVersion4 = """
    ALTER TABLE study ADD COLUMN identity TEXT NOT NULL DEFAULT '';
    ALTER TABLE cell ADD COLUMN limits TEXT NOT NULL DEFAULT '';
    ALTER TABLE run ADD COLUMN arithmetic INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE run ADD COLUMN revision TEXT NOT NULL DEFAULT '';
    ALTER TABLE run ADD COLUMN verdict TEXT NOT NULL DEFAULT '';
    ALTER TABLE block ADD COLUMN analysis_form INTEGER NOT NULL DEFAULT 0;
    UPDATE block SET analysis_form = 1 WHERE cell IN (SELECT id FROM cell WHERE analysis <> 0);
    """

  private static let additionsOfVersion5 = """
    ALTER TABLE cell ADD COLUMN observables TEXT NOT NULL DEFAULT '';
    DROP TRIGGER IF EXISTS analysis_of_deleted_block;
    ALTER TABLE block RENAME TO block_with_records;
    """ + tablesOfBlocks

  private static let removalsOfVersion5 = """
    DROP TABLE block_with_records;
    DROP TABLE analysis;
    """

  private static let additionsOfVersion6 = """
    ALTER TABLE target ADD COLUMN rule TEXT NOT NULL DEFAULT '';
    ALTER TABLE target ADD COLUMN stages TEXT NOT NULL DEFAULT '';
    """

  /// The schema version of a ledger; 0 of a file without content.
  static func version(of db: Database) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }

  /// Makes the tables of a new ledger.
  static func create(_ db: Database) throws {
    try db.execute(sql: tables)
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// Brings a ledger of an older version to the present version.
  ///
  /// - Parameter convert: stores anew what the table `block_with_records` holds.
  static func upgrade(_ db: Database, converting convert: () throws -> Void) throws {
    let stored = try version(of: db)
    if stored < 2 { try db.execute(sql: additionsOfVersion2) }
    if stored < 3 { try db.execute(sql: additionsOfVersion3) }
    if stored < 4 { try db.execute(sql: additionsOfVersion4) }
    if stored < 5 {
      try db.execute(sql: additionsOfVersion5)
      try convert()
      try db.execute(sql: removalsOfVersion5)
    }
    try db.execute(sql: additionsOfVersion6)
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }
}
