"""One canonical form for the text of documents: what it means and its comments stay, its looks do not."""
