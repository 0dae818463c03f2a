-- What clicks and conversions add up to, for reports: parts of the rollup of a program's UTC day (days since 1970), column by
-- column (ReportSegment). They are folded from the rows of clicks up to last_rowid and of entries up to last_entry; small ones are
-- replaced by one that has them all. program is one of click_programs, kind a SegmentKind.
CREATE TABLE report_segments (
  number INTEGER PRIMARY KEY,
  program INTEGER NOT NULL,
  day INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;

CREATE INDEX report_segments_by_day ON report_segments (program, day, kind, rows);

CREATE TABLE report_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_rowid INTEGER NOT NULL,
  last_entry INTEGER NOT NULL
) STRICT;

INSERT INTO report_state VALUES (1, 0, 0);

-- They have taken the place of the rows by hour and day that were moved with every click.
DROP TABLE task_hours;
DROP TABLE task_days;
DROP TABLE link_hours;
