/// The form of a ledger. Documentation/ledger.md describes every column.
enum LedgerSchema {
  /// SQLite's application id of a ledger: "LNDF".
  static let applicationID = 0x4C4E_4446
  /// SQLite's user version of a ledger: the version of this schema.
  static let version = 1

  // A block is stored in a table with row ids. WITHOUT ROWID would keep less than a quarter of a page of a row in its
  // place and move the rest to pages of its own: 151 bytes a trial for blocks of 31 trials, where this takes 45. The
  // primary key contains `count` so that ranges are read from its index without touching the outcomes; two blocks with
  // the same first trial overlap, which the writer refuses.
  static let tables = """
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
}
