"""The only package of ``geo`` that opens files; each module reads or writes one kind."""
