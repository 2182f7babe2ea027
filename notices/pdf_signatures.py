"""Electronic signatures in a PDF: put in and looked at, by pyHanko, offline (no fetching, no time-stamp server).

A signature is an incremental update, PAdES B-B, certifying: any later change of the file shows. It is invisible, since
the paper keeps its own place for the seal; and it changes nothing that the document says of itself (its properties,
its version), so that a PDF/A stays one (ISO 19005-2, 6.4 and 6.7).
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from threading import Lock
from typing import Any, Final

from asn1crypto import pem  # type: ignore[import-untyped]
from asn1crypto.keys import PrivateKeyInfo  # type: ignore[import-untyped]
from asn1crypto.x509 import Certificate  # type: ignore[import-untyped]
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from core.days import SHANGHAI
from notices.signature_found import SignatureFound

FIELD: Final = "机关签章"
DIGEST: Final = "sha256"
# beside the certificates: signed attributes, an RSA signature of 4096 bits, and what ASN.1 wraps round them
BESIDE: Final = 2048

UNREADABLE: Final = (PdfError, SigningError, SignatureValidationError, ValueError, KeyError, TypeError, IndexError)
"""What the library raises at bytes that are no PDF, or one whose signature it cannot make out."""


class OpenKey:
    """A certificate and its key, taken apart once and used for many documents; one thread at a time."""

    def __init__(self, chain_pem: str, key_der: bytes) -> None:
        chain = read_chain(chain_pem)
        others = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        others.register_multiple(chain[1:])
        self._signer = SimpleSigner(chain[0], PrivateKeyInfo.load(key_der), others)
        self._reserved = 2 * (sum(len(one.dump()) for one in chain) + BESIDE)  # hex digits
        self._turn = Lock()

    def sign(self, pdf: bytes, *, name: str, reason: str, at: datetime) -> bytes:
        """The document with a signature added to its end; raises `ValueError` for what is no PDF."""
        said = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm=DIGEST,
            name=name,
            reason=reason,
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        with self._turn:
            try:
                signer = _SignerAt(said, self._signer, at)
                signed: BytesIO = signer.sign_pdf(_Unchanged(BytesIO(pdf)), bytes_reserved=self._reserved)
            except (PdfError, SigningError) as error:
                raise ValueError(str(error)) from error
        return signed.getvalue()


class _SignerAt(PdfSigner):
    """Signs at the moment it is told, not at the one the library's clock shows."""

    def __init__(self, said: PdfSignatureMetadata, signer: SimpleSigner, at: datetime) -> None:
        super().__init__(said, signer)
        self._at = at.astimezone(SHANGHAI).replace(microsecond=0)

    def init_signing_session(self, *given: Any, **named: Any) -> PdfSigningSession:
        """The library's session, with our moment."""
        session = super().init_signing_session(*given, **named)
        session.system_time = self._at
        return session

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        """PAdES only: the extension of PDF 2.0 for elliptic curves would lift the version above PDF/A-2's."""
        pdf_out.register_extension(ESIC_EXTENSION_1)


class _Unchanged(IncrementalPdfFileWriter):
    """Adds the signature, and leaves author, program and moment of change as the document's maker wrote them."""

    def _update_meta(self) -> None:
        pass


# --- looking at one ----------------------------------------------------------------------------------------------


def read_chain(chain_pem: str) -> list[Certificate]:
    """The certificates of a PEM text, in their order."""
    return [Certificate.load(der) for _kind, _headers, der in pem.unarmor(chain_pem.encode("ascii"), multiple=True)]


def look_at_signature(data: bytes, roots_pem: list[str]) -> SignatureFound | None:
    """The last signature of a document, judged as of the moment it names; None where there is none to be read.

    `roots_pem`: whose signatures are believed. A certificate may have run out since; what it signed before stands.
    """
    roots = [read_chain(text)[0] for text in roots_pem]
    try:
        found = PdfFileReader(BytesIO(data)).embedded_signatures
        return _judged(found[-1], roots) if found else None
    except UNREADABLE:
        return None


def _judged(embedded: EmbeddedPdfSignature, roots: list[Certificate]) -> SignatureFound:
    signed_at = embedded.self_reported_timestamp
    believed = ValidationContext(trust_roots=roots, allow_fetching=False, moment=signed_at)
    status = validate_pdf_signature(embedded, believed)
    subject = embedded.signer_cert.subject.native.get("common_name", "")
    return SignatureFound(
        intact=bool(status.intact and status.valid),
        covers_whole=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        subject=str(subject),
        signed_at=signed_at,
        trusted=bool(status.trusted),
    )
