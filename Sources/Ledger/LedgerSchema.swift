import GRDB

/// The form of a ledger. Documentation/ledger.md describes every column.
enum LedgerSchema {
  /// SQLite's application id of a ledger: "LNDF".
  static let applicationID = 0x4C4E_4446
  /// SQLite's user version of a ledger: the version of this schema. Version 1 had no trajectories and no kernels of
  /// cells, versions 1 and 2 neither analyses nor levels, versions 1 to 3 no versions of the arithmetic, and verdicts that
  /// were a part of what identified the study; a reader takes what is missing for empty, a writer adds it.
  static let version = 4

  // A block is stored in a table with row ids. WITHOUT ROWID would keep less than a quarter of a page of a row in its
  // place and move the rest to pages of its own: 151 bytes a trial for blocks of 31 trials, where this takes 45. The
  // primary key contains `count` so that ranges are read from its index without touching the outcomes; two blocks with
  // the same first trial overlap, which the writer refuses.
  private static let tablesOfVersion1 = """
    CREATE TABLE study (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      name TEXT NOT NULL,
      definition TEXT NOT NULL,
      hash TEXT NOT NULL,
      kernel_level TEXT NOT NULL,
      created TEXT NOT NULL,
      version TEXT NOT NULL
    );
    CREATE TABLE cell (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      position INTEGER NOT NULL,
      label TEXT NOT NULL,
      definition TEXT NOT NULL
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
      compiler TEXT NOT NULL,
      mpi TEXT NOT NULL,
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
      run INTEGER NOT NULL REFERENCES run (id)
    );
    CREATE TABLE block (
      cell INTEGER NOT NULL REFERENCES cell (id),
      first INTEGER NOT NULL,
      count INTEGER NOT NULL,
      run INTEGER NOT NULL REFERENCES run (id),
      seconds REAL NOT NULL,
      checksum BLOB NOT NULL,
      outcomes BLOB NOT NULL,
      PRIMARY KEY (cell, first, count)
    );
    """

  // As for blocks, the primary key of trajectories contains `count` so that ranges are read from its index.
  private static let additionsOfVersion2 = """
    ALTER TABLE cell ADD COLUMN kernel TEXT NOT NULL DEFAULT '';
    ALTER TABLE cell ADD COLUMN checkpoints TEXT NOT NULL DEFAULT '';
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

  // A block that is deleted, as the message about a damaged one suggests, takes its analyses with it: a trigger works in
  // every SQLite shell, where foreign keys are not enforced.
  private static let additionsOfVersion3 = """
    ALTER TABLE study ADD COLUMN cells TEXT NOT NULL DEFAULT '';
    ALTER TABLE cell ADD COLUMN analysis INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE analysis (
      cell INTEGER NOT NULL REFERENCES cell (id),
      first INTEGER NOT NULL,
      count INTEGER NOT NULL,
      checksum BLOB NOT NULL,
      records BLOB NOT NULL,
      PRIMARY KEY (cell, first, count)
    );
    CREATE TRIGGER analysis_of_deleted_block AFTER DELETE ON block BEGIN
      DELETE FROM analysis WHERE cell = old.cell AND first = old.first AND count = old.count;
    END;
    CREATE TABLE level (
      key TEXT PRIMARY KEY NOT NULL,
      checksum BLOB NOT NULL,
      bytes BLOB NOT NULL
    );
    """

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

  /// The schema version of a ledger; 0 of a file without content.
  static func version(of db: Database) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }

  /// Brings an empty file, or a ledger of an older version, to the present version. Does nothing at that version.
  static func upgrade(_ db: Database) throws {
    let stored = try version(of: db)
    guard stored < version else { return }
    if stored < 1 {
      try db.execute(sql: tablesOfVersion1)
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    }
    if stored < 2 { try db.execute(sql: additionsOfVersion2) }
    if stored < 3 { try db.execute(sql: additionsOfVersion3) }
    try db.execute(sql: additionsOfVersion4)
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }
}
