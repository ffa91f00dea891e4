-- What hostile_rows.py does to the schemas of sound ledgers. Each begins with a line that is its name; texts come in
-- place of words in braces.

-- # Views

-- view of cells
ALTER TABLE cell RENAME TO cell_table;
CREATE VIEW cell AS SELECT * FROM cell_table;

-- view of runs without an end
ALTER TABLE run RENAME TO run_table;
CREATE VIEW run AS {COUNTING} SELECT i AS id, '' AS started, '' AS finished, '' AS host, 1 AS pid, 1 AS ranks, 1 AS
  threads, '' AS kernel_level, '' AS version, '' AS revision, '' AS arithmetic, '' AS compiler, '' AS mpi, '' AS
  verdict, '' AS command_line, '' AS seed, '' AS ending FROM n;

-- view of targets without an end
ALTER TABLE target RENAME TO target_table;
CREATE VIEW target AS {COUNTING} SELECT i AS id, 1 AS cell, 10 AS trials, 0 AS done, '' AS set_at, 1 AS run, '' AS
  rule, '' AS stages FROM n;

-- view of blocks that counts for ever
ALTER TABLE block RENAME TO block_table;
CREATE VIEW block AS SELECT * FROM block_table WHERE ({ENDLESS}) > 0;

-- view of observations that grows
ALTER TABLE observation RENAME TO observation_table;
CREATE VIEW observation AS SELECT cell, observable, first, checksum, zeroblob(1000000000) AS reals FROM
  observation_table;

-- view of itself
ALTER TABLE level RENAME TO l;
CREATE VIEW level AS SELECT * FROM level2;
CREATE VIEW level2 AS SELECT * FROM level;

-- one view more
CREATE VIEW more AS SELECT * FROM cell;

-- temporary names
CREATE VIEW sqlitemaster AS SELECT * FROM sqlite_master;

-- # Triggers

-- trigger without an end
CREATE TRIGGER more AFTER INSERT ON run BEGIN {ENDLESS}; END;

-- trigger that raises
CREATE TRIGGER more BEFORE INSERT ON run BEGIN SELECT RAISE(ABORT, 'disk {ESCAPE}'); END;

-- trigger that deletes
CREATE TRIGGER more AFTER INSERT ON run BEGIN DELETE FROM block; DELETE FROM study; END;

-- trigger that adds
CREATE TRIGGER more AFTER INSERT ON target BEGIN INSERT INTO target ({TARGET}) SELECT NULL, cell, trials + 1, done,
  set_at, run, rule, stages FROM target; END;

-- trigger on updates
CREATE TRIGGER more AFTER UPDATE ON study BEGIN {ENDLESS}; END;

-- trigger instead of rows
ALTER TABLE target RENAME TO target_table;
CREATE VIEW target AS SELECT * FROM target_table;
CREATE TRIGGER more INSTEAD OF INSERT ON target BEGIN SELECT 1; END;

-- another body of a known trigger
DROP TRIGGER IF EXISTS observations_of_deleted_block;
CREATE TRIGGER observations_of_deleted_block AFTER DELETE ON block BEGIN {ENDLESS}; END;

-- # Queries inside the schema

-- generated column
ALTER TABLE run ADD COLUMN more GENERATED ALWAYS AS ({HEAVY}) VIRTUAL;

-- heavy check
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, 'pid INTEGER NOT NULL', 'pid INTEGER NOT NULL CHECK ({HEAVY} > 0)') WHERE
  name = 'run';
PRAGMA writable_schema = RESET;

-- heavy default
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, 'rule TEXT NOT NULL DEFAULT ''''', 'rule TEXT NOT NULL DEFAULT ({HEAVY})')
  WHERE name = 'target';
PRAGMA writable_schema = RESET;

-- partial index
CREATE INDEX more ON run (host) WHERE {HEAVY} > 0;

-- index of an expression
CREATE INDEX more ON cell (length(printf('%.*c', 1000000, label)));

-- one index more
CREATE INDEX more ON block (seconds);

-- collation
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, 'key TEXT NOT NULL UNIQUE', 'key TEXT COLLATE more NOT NULL UNIQUE') WHERE
  name = 'cell';
PRAGMA writable_schema = RESET;

-- # Other tables

-- full text search
CREATE VIRTUAL TABLE more USING fts5(text);
INSERT INTO more VALUES ('text');

-- full text search, broken
CREATE VIRTUAL TABLE more USING fts5(text);
INSERT INTO more VALUES ('text');
UPDATE more_data SET block = zeroblob(1000);

-- table of the database
DROP TABLE level;
CREATE VIRTUAL TABLE level USING dbstat;

-- r-tree
CREATE VIRTUAL TABLE more USING rtree(id, low, high);
INSERT INTO more VALUES (1, 0, 1);

-- virtual table of no module
PRAGMA writable_schema = ON;
INSERT INTO sqlite_master VALUES ('table', 'more', 'more', 0, 'CREATE VIRTUAL TABLE more USING nothing(x)');

-- without row ids
CREATE TABLE t (id INTEGER PRIMARY KEY, cell INTEGER, trials INTEGER, done INTEGER, set_at TEXT, run INTEGER, rule
  TEXT, stages TEXT) WITHOUT ROWID;
INSERT INTO t SELECT id, cell, trials, done, set_at, run, rule, stages FROM target;
DROP TABLE target;
ALTER TABLE t RENAME TO target;

-- strict table
CREATE TABLE t (id INTEGER PRIMARY KEY, cell INTEGER, trials INTEGER, done INTEGER, set_at TEXT, run INTEGER, rule
  TEXT, stages TEXT) STRICT;
INSERT INTO t SELECT id, cell, trials, done, set_at, run, rule, stages FROM target;
DROP TABLE target;
ALTER TABLE t RENAME TO target;

-- one table more
CREATE TABLE "more {ESCAPE}" (x);
INSERT INTO "more {ESCAPE}" VALUES (1);

-- no table of targets
DROP TABLE target;

-- no table of observations
DROP TABLE observation;

-- no column
ALTER TABLE cell DROP COLUMN observables;

-- columns in another order
CREATE TABLE t (stages TEXT, rule TEXT, run INTEGER, set_at TEXT, done INTEGER, trials INTEGER, cell INTEGER, id
  INTEGER PRIMARY KEY);
INSERT INTO t SELECT stages, rule, run, set_at, done, trials, cell, id FROM target;
DROP TABLE target;
ALTER TABLE t RENAME TO target;

-- statistics
ANALYZE;
UPDATE sqlite_stat1 SET stat = '9223372036854775807 1';

-- schema that is no SQL
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, 'CREATE TABLE', 'CREATE TABLE TABLE') WHERE name = 'run';
PRAGMA writable_schema = RESET;
