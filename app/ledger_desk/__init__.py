"""The desk of the ledger: reading it within the caller's area, recording steps, giving out tasks."""
