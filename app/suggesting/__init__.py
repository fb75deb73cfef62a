"""The desk of suggestions: a group of the survey and what people decided about it, read together and moved on."""
