"""Who is there and what they may do: accounts, roles and their rights, the gate before every page, the audit."""
