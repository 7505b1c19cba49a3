"""Floor 1: text -> checked, typed documents that know their file, line and column. Pure: no files, no network."""
