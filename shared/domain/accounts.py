"""Accounts: the name under which somebody signs in, and how a telephone number is written."""

import unicodedata


def telephone_of(written: str) -> str:
    """Return a telephone number without spaces, dashes and +86; what is no number comes back as it was typed."""
    plain = unicodedata.normalize("NFKC", written).strip()
    digits = plain.replace(" ", "").replace("-", "").removeprefix("+86")
    return digits if digits.isascii() and digits.isdigit() else plain


def sign_in_name(written: str) -> str:
    """Return what was typed as the installation looks it up: a telephone, a member's number, or code-number."""
    plain = unicodedata.normalize("NFKC", written).strip()
    mobile = telephone_of(plain)
    return mobile if len(mobile) == 11 and mobile.startswith("1") else plain


def digits_of(written: str) -> str:
    """Return the digits of a code, however they were typed or grouped."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", written) if sign in "0123456789")
