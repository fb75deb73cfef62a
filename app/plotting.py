"""What all that draws by Matplotlib shares."""

import threading

DRAWING = threading.Lock()
"""Matplotlib measures text with state of the whole process: two threads never draw at once."""
