"""What leaves the atlas as a file: sheets for Excel and CSV."""
