"""What is shown at the yearly conference: facts with their lists, bulletin, slides, atlas, annex and offline page."""
