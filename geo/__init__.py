"""The core of the atlas: pure stages from registers to coverage, gaps and suggested joint unions.

Each module is one stage named after a noun of the field; it takes values and returns new values. Nothing in here
knows a web request, a database, a clock or a network; ``geo.io`` is the only module that opens files.
Reading order: errors, frames, rules, datum, text, address, gazetteer, geocode, places, linkage, coverage, gaps,
rates, joint, io, survey.
"""
