-- The names by which things on lists are found, folded (DirectoryNames), with the version of the settings that brought each. While a
-- renaming is under way a thing has two.
CREATE TABLE directory_names (
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (id, name)
) STRICT, WITHOUT ROWID;
