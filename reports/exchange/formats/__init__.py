"""The formats there are, as tables: field, length, codes, where its value comes from. Pure."""

from reports.exchange.formats.chemical import CHEMICAL
from reports.exchange.formats.facts import HazardFacts, Picture
from reports.exchange.formats.fitting import Fitter, Remark
from reports.exchange.formats.layout import ExchangeField, ExchangeFormat, Value, Wide
from reports.exchange.formats.province import PROVINCE

FORMATS = {form.code: form for form in (PROVINCE, CHEMICAL)}

__all__ = [
    "CHEMICAL",
    "FORMATS",
    "PROVINCE",
    "ExchangeField",
    "ExchangeFormat",
    "Fitter",
    "HazardFacts",
    "Picture",
    "Remark",
    "Value",
    "Wide",
]
