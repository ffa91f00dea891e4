-- What hostile_rows.py does to the rows of sound ledgers. Each begins with a line that is its name; texts come in
-- place of words in braces.

-- # Integers

-- target of 2^63 - 1
UPDATE target SET trials = 9223372036854775807;

-- target of 2^62
UPDATE target SET trials = 4611686018427387904;

-- target of -1
UPDATE target SET trials = -1;

-- target of 2^40
UPDATE target SET trials = 1099511627776;

-- done of 2^63 - 1
UPDATE target SET done = 9223372036854775807;

-- done of -2^63
UPDATE target SET done = -9223372036854775807 - 1;

-- target of a cell 2^63 - 1
UPDATE target SET cell = 9223372036854775807;

-- target of a run 2^63 - 1
UPDATE target SET run = 9223372036854775807;

-- block of 2^62 trials
UPDATE block SET count = 4611686018427387904 WHERE first = 0;

-- block of 2^40 trials that are all the same
DELETE FROM observation WHERE cell = 1 AND first <> 0;
DELETE FROM block WHERE cell = 1 AND first <> 0;
UPDATE observation SET reals = substr(reals, 1, 8) WHERE cell = 1;
UPDATE block SET count = 1099511627776 WHERE cell = 1;
UPDATE target SET trials = 1099511627776 WHERE cell = 1;

-- block of ten million trials that are all the same
DELETE FROM observation WHERE cell = 1 AND first <> 0;
DELETE FROM block WHERE cell = 1 AND first <> 0;
UPDATE observation SET reals = substr(reals, 1, 8) WHERE cell = 1;
UPDATE block SET count = 10000000 WHERE cell = 1;
UPDATE target SET trials = 10000000 WHERE cell = 1;

-- block of no trials
UPDATE block SET count = 0 WHERE first = 0;

-- block at 2^63 - 1
UPDATE block SET first = 9223372036854775807 WHERE first = 0;

-- block at -1
UPDATE block SET first = -1 WHERE first = 0;

-- block of a run 2^63 - 1
UPDATE block SET run = 9223372036854775807;

-- infinite seconds
UPDATE block SET seconds = 9e999;

-- negative seconds
UPDATE block SET seconds = -1e308;

-- ids of 2^63 - 1
UPDATE run SET id = 9223372036854775807;
UPDATE target SET id = 9223372036854775807 WHERE id = (SELECT max(id) FROM target);
UPDATE cell SET id = 9223372036854775807 WHERE id = 2;

-- ids of -1
UPDATE cell SET id = -1 WHERE id = 2;
UPDATE run SET id = -1;

-- position of 2^63 - 1
UPDATE cell SET position = 9223372036854775807;

-- numbers of runs
UPDATE run SET pid = 9223372036854775807, ranks = -5, threads = 9223372036854775807;

-- ranks of 2^63 - 1
UPDATE run SET ranks = 9223372036854775807, threads = 9223372036854775807;

-- arithmetic of 2^63 - 1
UPDATE run SET arithmetic = 9223372036854775807;

-- arithmetic of -1
UPDATE run SET arithmetic = -1;

-- seed
UPDATE run SET seed = '99999999999999999999999999999999';

-- trajectory of 2^62 trials
UPDATE trajectory SET count = 4611686018427387904;

-- trajectory at -2^63
UPDATE trajectory SET first = -9223372036854775807 - 1;

-- trajectory of trial 2^63 - 1
UPDATE trial_trajectory SET trial = 9223372036854775807 WHERE trial = 0;

-- observable 2^63 - 1
UPDATE observable SET id = 9223372036854775807 WHERE id = 1;
UPDATE cell SET observables = '9223372036854775807,2,3';

-- analysis of 2^63 - 1
UPDATE cell SET analysis = 9223372036854775807;

-- # Types

-- text in integers
UPDATE target SET trials = 'many', done = 'none';
UPDATE block SET count = 'ten' WHERE first = 0;

-- reals in integers
UPDATE target SET trials = 12.5;
UPDATE run SET pid = 1e300;

-- blobs in text
UPDATE study SET name = x'00ff1b', definition = x'ff00';
UPDATE cell SET label = x'1b5b';

-- text in blobs
UPDATE block SET checksum = 'checksum';
UPDATE observation SET reals = 'reals';

-- text that is not UTF-8
UPDATE study SET name = CAST(x'ff1b5bc0af' AS TEXT);
UPDATE run SET host = CAST(x'1b5bff' AS TEXT);
UPDATE cell SET label = CAST(x'eda080' AS TEXT);

-- text with zeros
UPDATE study SET name = 'a' || char(0) || 'b';
UPDATE cell SET label = char(0);

-- empty text
UPDATE study SET name = '', definition = '', hash = '', kernel_level = '';
UPDATE cell SET label = '';

-- NULL
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE name = 'target';
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE name = 'block';
PRAGMA writable_schema = RESET;
UPDATE target SET trials = NULL, set_at = NULL;
UPDATE block SET seconds = NULL, checksum = NULL;

-- NaN in columns
UPDATE observation SET reals = x'000000000000f87f' WHERE first = 0;

-- dates
UPDATE study SET created = '9999999999-99-99T99:99:99Z';
UPDATE run SET started = 'yesterday', finished = '292277026596-12-04T15:30:08Z';

-- # Sizes

-- column of 100 MB
UPDATE observation SET reals = zeroblob(100000000) WHERE first = 0 AND observable = 1 AND cell = 1;

-- column of no bytes
UPDATE observation SET reals = zeroblob(0);

-- checksum of 100 MB
UPDATE block SET checksum = zeroblob(100000000) WHERE first = 0 AND cell = 1;

-- trajectory of 100 MB
UPDATE trajectory SET aggregate = zeroblob(100000000);

-- trajectory of no bytes
UPDATE trajectory SET aggregate = zeroblob(0);
UPDATE trial_trajectory SET reals = zeroblob(0);

-- label of a million letters
UPDATE cell SET label = printf('%.*c', 1000000, 'x');

-- host of 100 MB
UPDATE run SET host = printf('%.*c', 100000000, 'x');

-- cells of a colon
UPDATE study SET cells = ':';

-- cells of a line without an end
UPDATE study SET cells = 'network.hidden: ' || printf('%.*c', 10000000, '[');

-- definition of 100 MB
UPDATE study SET definition = printf('%.*c', 100000000, 'x');

-- definition of 100 MB of lines
UPDATE study SET definition = replace(printf('%.*c', 10000000, 'x'), 'x', 'x: [1]' || char(10));

-- a million cells
INSERT INTO cell ({CELL}) SELECT i + 2, printf('%016x', i), i + 2, 'cell ' || i, definition, kernel, checkpoints,
  analysis, limits, observables FROM cell, ({COUNTING} SELECT i FROM n LIMIT 1000000) WHERE id = 1;

-- a million runs
INSERT INTO run ({RUN}) SELECT NULL, started, finished, host, pid, ranks, threads, kernel_level, version, revision,
  arithmetic, compiler, mpi, '', '', seed, ending FROM run, ({COUNTING} SELECT i FROM n LIMIT 1000000);

-- a million targets
INSERT INTO target ({TARGET}) SELECT NULL, cell, trials, done, set_at, run, rule, stages FROM target, ({COUNTING}
  SELECT i FROM n LIMIT 1000000) WHERE cell = 1;

-- a million blocks
INSERT INTO block ({BLOCK}) SELECT 1, i + 1000, 1, 1, 0.0, zeroblob(16) FROM ({COUNTING} SELECT i FROM n LIMIT
  1000000);

-- a million observables
INSERT INTO observable ({OBSERVABLE}) SELECT i + 1000, 'o' || i, '', '', 'real', 'end' FROM ({COUNTING} SELECT i FROM
  n LIMIT 1000000);

-- a million levels
INSERT INTO level ({LEVEL}) SELECT 'k' || i, zeroblob(16), zeroblob(16) FROM ({COUNTING} SELECT i FROM n LIMIT
  1000000);

-- # Rows

-- a cell twice
DROP TABLE IF EXISTS c;
CREATE TABLE c AS SELECT * FROM cell;
DROP TABLE cell;
ALTER TABLE c RENAME TO cell;
INSERT INTO cell ({CELL}) SELECT id + 10, key, position, label, definition, kernel, checkpoints, analysis, limits,
  observables FROM cell;

-- a study twice
CREATE TABLE s AS SELECT * FROM study;
DROP TABLE study;
ALTER TABLE s RENAME TO study;
INSERT INTO study SELECT * FROM study;

-- no study
DELETE FROM study;

-- no cells
DELETE FROM cell;

-- no runs
DELETE FROM run;

-- no targets
DELETE FROM target;

-- no observables
DELETE FROM observable;

-- blocks that overlap
INSERT INTO block ({BLOCK}) SELECT cell, first + 1, count, run, seconds, checksum FROM block;

-- a block of another cell
UPDATE block SET cell = 3 WHERE cell = 1;
UPDATE block SET cell = 1 WHERE cell = 2;

-- # What is printed

-- label with escapes
UPDATE cell SET label = '{ESCAPE}' || id;

-- label of two lines
UPDATE cell SET label = 'one' || char(10) || '=cmd|calc,"' || id;

-- name with escapes
UPDATE study SET name = '{ESCAPE}', kernel_level = '{ESCAPE}', version = '{ESCAPE}';

-- runs with escapes
UPDATE run SET host = '{ESCAPE}', ending = '{ESCAPE}', command_line = '{ESCAPE}', version = '{ESCAPE}', compiler =
  '{ESCAPE}', mpi = '{ESCAPE}', verdict = '{ESCAPE}', revision = '{ESCAPE}', seed = '{ESCAPE}';

-- dates with escapes
UPDATE study SET created = '{ESCAPE}';
UPDATE run SET started = '{ESCAPE}';

-- observables with escapes
UPDATE observable SET name = '{ESCAPE}' || id, title = '{ESCAPE}', unit = '{ESCAPE}', domain = '{ESCAPE}';

-- keys with escapes
UPDATE cell SET key = '{ESCAPE}' || id;
INSERT INTO level ({LEVEL}) VALUES ('{ESCAPE}', x'00', x'00');

-- kernels with escapes
UPDATE cell SET kernel = '{ESCAPE}', limits = '{ESCAPE}', checkpoints = '{ESCAPE}';

-- definition with escapes
UPDATE study SET definition = '{ESCAPE}: 1', identity = '{ESCAPE}', cells = '{ESCAPE}';

-- rules with escapes
UPDATE target SET rule = '{ESCAPE}', stages = '{ESCAPE}', set_at = '{ESCAPE}';

-- # Lists

-- ten million checkpoints
UPDATE cell SET checkpoints = replace(printf('%.*c', 10000000, 'x'), 'x', '1,') || '2';

-- ten million observables
UPDATE cell SET observables = replace(printf('%.*c', 10000000, 'x'), 'x', '1,') || '2';

-- ten million stages
UPDATE target SET stages = replace(printf('%.*c', 10000000, 'x'), 'x', '1,') || '2';

-- checkpoints of 2^63 - 1
UPDATE cell SET checkpoints = '0,9223372036854775807';
