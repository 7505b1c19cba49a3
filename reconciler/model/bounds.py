"""How much of anything is read from a disk at most, each number with its reason. Sizes are in bytes.

Sizes are asked before anything is read; then no more than the bound and one byte is read, since a file may grow.
"""

#: A document, and `reconcile.yaml`: a thousand times what a person writes, and a second of parsing.
DOCUMENT = 5_000_000
#: A template, in characters; in bytes it may be four times that. A description has at most 40,000.
TEMPLATE_TEXT = 64_000
TEMPLATE = 4 * TEMPLATE_TEXT
#: An image: what a camera writes without compressing it. A marketplace may take less, and says so itself.
IMAGE = 50_000_000
#: A table of a source: two million rows of a hundred letters.
TABLE = 256_000_000
#: A plan file: more than 100,000 offers that are created, with a description each.
PLAN = 1_000_000_000
#: What a pull notes of the files that it puts in place: half a million of them.
JOURNAL = 100_000_000
#: The book of what is at rest: five million offers.
RESTS = 1_000_000_000
#: A key for sealing logins: 32 bytes, in some spelling.
KEY = 4_096

#: Levels of values in a document; a person writes ten.
LEVELS = 64
#: Levels of folders below a project: a path has at most 4,096 bytes on most systems.
FOLDERS = 64
#: Findings that are told of one file; the others are counted.
FINDINGS = 100
