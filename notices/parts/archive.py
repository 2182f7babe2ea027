"""What makes a document fit for keeping (PDF/A-2b, ISO 19005-2): metadata as XMP, and what its colours mean.

The rest of the standard is kept by the pen: every font is embedded, nothing is transparent, nothing refers outside.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from PIL import ImageCms
from reportlab.pdfbase.pdfdoc import XMP, PDFArray, PDFCatalog, PDFDictionary, PDFName, PDFStream, PDFString

_CONDITION = "sRGB IEC61966-2.1"
# Bytes 24-35 of a profile are the moment it was made (ICC.1:2010, 7.2.8): that of the standard's first edition here.
_MADE = slice(24, 36)
_FIRST_MADE = bytes((7, 207, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0))  # 1999-10-18, IEC 61966-2-1
_NOT_XML = {0xFFFE: None, 0xFFFF: None}  # the only ones that a cleaned text may still hold (XML 1.0, 2.2)
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
<pdf:Keywords>{keywords}</pdf:Keywords>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""


class ArchiveCatalog(PDFCatalog):
    """A document's root that also names its output intent, which reportlab's own leaves out."""

    __NoDefault__ = [*PDFCatalog.__NoDefault__, "OutputIntents"]
    __Refs__ = __NoDefault__


def make_archivable(doc: Any, issued_at: datetime) -> None:
    """Give reportlab's document XMP metadata equal to its properties and an sRGB output intent; before it is saved."""
    catalog = doc.Catalog
    catalog.__class__ = ArchiveCatalog
    catalog.Metadata = XMP(creator=lambda doc: xmp(doc.info, issued_at).encode("utf-8"))
    catalog.OutputIntents = PDFArray([doc.Reference(_output_intent(doc))])


def xmp(info: Any, issued_at: datetime) -> str:
    """The metadata of reportlab's properties, as the packet that stands in the file."""
    names = ("title", "author", "subject", "creator", "producer", "keywords")
    told = {name: escape(getattr(info, name).translate(_NOT_XML)) for name in names}
    return _XMP.format(moment=f"{issued_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S+00:00}", **told)


def _output_intent(doc: Any) -> PDFDictionary:
    profile = PDFStream(PDFDictionary({"N": 3}), srgb_profile())
    return PDFDictionary(
        {
            "Type": PDFName("OutputIntent"),
            "S": PDFName("GTS_PDFA1"),
            "OutputConditionIdentifier": PDFString(_CONDITION),
            "Info": PDFString(_CONDITION),
            "DestOutputProfile": doc.Reference(profile),
        }
    )


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The sRGB profile that Pillow makes, without the moment at which it was made."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[_MADE] = _FIRST_MADE
    return bytes(made)
