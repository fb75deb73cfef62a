"""How the files under ``data/`` are made from published packages; run by ``scripts/build_data``."""
