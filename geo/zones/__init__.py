"""Zones: drawn shapes read, borders edited so that they match, faults told, repairs shown, firms counted.

``plan`` holds the zones, ``operations`` changes them, ``check`` and ``repair`` tell and mend faults, ``tally`` counts,
``difference`` compares, ``impact`` states what a change moves, ``transitions`` is the way of a draft, ``shapes`` reads
what is drawn. ``lattice`` and ``mesh`` are what all of these stand on.
"""
