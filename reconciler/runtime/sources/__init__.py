"""Reading sources that are files and databases."""
