"""What a marketplace would refuse, told before anything is sent.

Pure: a plan's changes on one side, the facts that were looked up on the other, diagnostics out. Each is about its
resource, and stands where the value is written.
"""
