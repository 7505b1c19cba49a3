"""Programs that do a part of the same work, measured in the same run."""
