import GRDB

// How ledgers of older schemas looked, and what makes one of the next schema of them.
extension LedgerSchema {
  /// The tables of version 1.
  private static let tablesOfVersion1 = """
    CREATE TABLE study (
      id INTEGER PRIMARY KEY,
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
      cell INTEGER NOT NULL,
      trials INTEGER NOT NULL,
      done INTEGER NOT NULL,
      set_at TEXT NOT NULL,
      run INTEGER NOT NULL
    );
    CREATE TABLE block (
      cell INTEGER NOT NULL,
      first INTEGER NOT NULL,
      count INTEGER NOT NULL,
      run INTEGER NOT NULL,
      seconds REAL NOT NULL,
      checksum BLOB NOT NULL,
      outcomes BLOB NOT NULL,
      PRIMARY KEY (cell, first, count)
    );
    """

  private static let additionsOfVersion2 = """
    ALTER TABLE cell ADD COLUMN kernel TEXT NOT NULL DEFAULT '';
    ALTER TABLE cell ADD COLUMN checkpoints TEXT NOT NULL DEFAULT '';
    """
    + "\(LedgerTable.trajectory.definition); \(LedgerTable.wholeTrajectory.definition)"

  private static let additionsOfVersion3 = """
    ALTER TABLE study ADD COLUMN cells TEXT NOT NULL DEFAULT '';
    ALTER TABLE cell ADD COLUMN analysis INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE analysis (
      cell INTEGER NOT NULL,
      first INTEGER NOT NULL,
      count INTEGER NOT NULL,
      checksum BLOB NOT NULL,
      records BLOB NOT NULL,
      PRIMARY KEY (cell, first, count)
    );
    """ + LedgerTable.level.definition

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

  /// Behind this the tables of blocks are made anew, as columns.
  static let additionsOfVersion5 = """
    ALTER TABLE cell ADD COLUMN observables TEXT NOT NULL DEFAULT '';
    DROP TRIGGER IF EXISTS analysis_of_deleted_block;
    ALTER TABLE block RENAME TO block_with_records;
    """

  static let removalsOfVersion5 = """
    DROP TABLE block_with_records;
    DROP TABLE analysis;
    """

  static let additionsOfVersion6 = """
    ALTER TABLE target ADD COLUMN rule TEXT NOT NULL DEFAULT '';
    ALTER TABLE target ADD COLUMN stages TEXT NOT NULL DEFAULT '';
    """

  /// Brings the tables of a version up to 4 to another such version.
  static func addColumns(_ db: Database, from old: Int, to new: Int) throws {
    let additions = [additionsOfVersion2, additionsOfVersion3, additionsOfVersion4]
    for (version, addition) in zip(2..., additions) where old < version && version <= new {
      try db.execute(sql: addition)
    }
  }

  /// Makes the tables of an older version in an empty database.
  static func createTables(_ db: Database, ofVersion version: Int) throws {
    try db.execute(sql: tablesOfVersion1)
    try addColumns(db, from: 1, to: version)
    if version >= 5 {
      try db.execute(sql: additionsOfVersion5)
      try db.execute(sql: removalsOfVersion5)
      for definition in [
        LedgerTable.observable(seal: ""), LedgerTable.block(seal: ""), LedgerTable.observation.definition,
      ] {
        try db.execute(sql: definition)
      }
    }
    if version >= 6 { try db.execute(sql: additionsOfVersion6) }
  }

  /// The triggers that ledgers of versions 3 to 6 have, by their names. They are of no use any more.
  static let formerTriggers = [
    "analysis_of_deleted_block": """
    CREATE TRIGGER analysis_of_deleted_block AFTER DELETE ON block BEGIN
      DELETE FROM analysis WHERE cell = old.cell AND first = old.first AND count = old.count;
    END
    """,
    "observations_of_deleted_block": """
    CREATE TRIGGER observations_of_deleted_block AFTER DELETE ON block BEGIN
      DELETE FROM observation
      WHERE cell = old.cell AND observable IN (SELECT id FROM observable) AND first = old.first;
    END
    """,
  ]
}
