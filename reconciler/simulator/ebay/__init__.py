"""eBay, to practise on: written from eBay's own documents, sharing nothing with the client."""
