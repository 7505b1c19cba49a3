"""What stock and prices come to by their rules: effective documents and readings -> filled documents. Pure."""
