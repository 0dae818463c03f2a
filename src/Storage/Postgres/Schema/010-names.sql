-- compatible from 1
-- The names by which things on lists are found, folded (DirectoryNames), with the version of the settings that brought each. While a
-- renaming is under way a thing has two. No constraint and no name in an index: a folded name can be longer than an index takes.
CREATE TABLE directory_names (
  id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  version bigint NOT NULL
);

CREATE INDEX directory_names_by_id ON directory_names (id);
