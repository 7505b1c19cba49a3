"""What is allowed in documents and still a pity: each rule has an id, and none of them asks the marketplace."""
