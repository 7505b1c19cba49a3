PROOFS: dict[str, str] = {}
ABOUT = ""
