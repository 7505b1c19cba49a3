"""The hostile catalogue: what a new user, a spreadsheet, an editor or a copied page may put into documents.

`case.py` says what a case is. The tables are plain data, one file for each part of a project; `cases.py` joins them.
`test_validate.py` holds every case against `validate`, which needs no marketplace. Cases that it accepts are what plan
and apply can be held against.
"""
