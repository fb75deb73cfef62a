"""Text as it comes from registers, made comparable: addresses and names, company names, register codes."""

from geo.text.codes import Code, Fault, read_credit_code, read_org_code, read_register_code, read_registration_number
from geo.text.names import CompanyName, name_core, read_name
from geo.text.normal import Normalised, fold, normalise

__all__ = [
    "Code",
    "CompanyName",
    "Fault",
    "Normalised",
    "fold",
    "name_core",
    "normalise",
    "read_credit_code",
    "read_name",
    "read_org_code",
    "read_register_code",
    "read_registration_number",
]
