"""Training of the learned segmenter (``geo.address.model``)."""
