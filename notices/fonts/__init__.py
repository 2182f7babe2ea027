"""Fonts for PDF documents: `install_fonts` once, `register_fonts` at start."""

from notices.fonts.book import FontBook, FontsMissing, Role, register_fonts
from notices.fonts.files import FontReport, install_fonts

__all__ = ["FontBook", "FontReport", "FontsMissing", "Role", "install_fonts", "register_fonts"]
