"""Certificates and their keys as files: PKCS #12 or PEM read and checked, a self-made one made. No database.

What may sign: RSA from 2048 bits or a NIST curve, since readers of PDF know no other; a key usage, where the
certificate names one, of digital signature or non-repudiation (RFC 5280, 4.2.1.3). SM2 is the seal service's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from core.days import SHANGHAI
from core.refusals import Invalid

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

LARGEST: Final = 256 * 1024  # bytes of a file; chains are a tenth of it
LEAST_RSA: Final = 2048
MOST_CHAIN: Final = 5
SELF_MADE_YEARS: Final = 10
LONGEST_NAME: Final = 64  # of a CN (X.520 ub-common-name)

_KINDS: Final = "请向证书颁发机构要 PKCS #12（.pfx、.p12）文件，或含证书和私钥的 PEM 文件。"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate with its key; `chain` begins with the certificate itself, issuers after it."""

    chain: tuple[x509.Certificate, ...]
    key: SigningKey

    @property
    def certificate(self) -> x509.Certificate:
        """The one that signs."""
        return self.chain[0]

    @property
    def pem(self) -> str:
        """The chain as text, to be kept open."""
        return "".join(one.public_bytes(Encoding.PEM).decode("ascii") for one in self.chain)

    @property
    def key_der(self) -> bytes:
        """The key as PKCS #8, to be kept sealed."""
        return self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def read_pair(data: bytes, password: str, *, now: datetime) -> KeyPair:
    """The certificate and key of a file; `Invalid` at `file` or `password` for what cannot sign at this moment."""
    if len(data) > LARGEST:
        raise _no_file("文件太大，不是一份证书。")
    pair = _from_pem(data, password) if b"-----BEGIN" in data else _from_pkcs12(data, password)
    _check(pair, now)
    return pair


def make_pair(name: str, *, now: datetime) -> KeyPair:
    """A self-made certificate (ECDSA P-256, ten years) with this name as CN and O: shows change, proves nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    short = name[:LONGEST_NAME]
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, short),
            x509.NameAttribute(NameOID.COMMON_NAME, short),
        ]
    )
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365 * SELF_MADE_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_for_signatures(), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(key, hashes.SHA256())
    )
    return KeyPair((made,), key)


def _for_signatures() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


# --- reading -----------------------------------------------------------------------------------------------------


def _from_pkcs12(data: bytes, password: str) -> KeyPair:
    try:
        found = pkcs12.load_pkcs12(data, password.encode() or None)
    except ValueError as error:
        if "password" in str(error).lower():
            raise _wrong_password() from error
        raise _no_file("读不懂这个文件。") from error
    except UnsupportedAlgorithm as error:
        raise _no_file("这个文件的加密方式不支持。") from error
    if found.cert is None or found.key is None:
        raise _no_file("文件里没有证书或没有私钥。")
    others = [one.certificate for one in found.additional_certs]
    return KeyPair(_chained(found.cert.certificate, others), _usable(found.key))


def _from_pem(data: bytes, password: str) -> KeyPair:
    try:
        certificates = x509.load_pem_x509_certificates(data)
        key = _usable(load_pem_private_key(_key_part(data), password.encode() or None))
    except TypeError as error:  # a password given for an open key, or none for a closed one
        raise _wrong_password() from error
    except ValueError as error:
        if "decrypt" in str(error).lower() or "password" in str(error).lower():
            raise _wrong_password() from error
        raise _no_file("文件里没有证书或没有私钥，或者读不懂。") from error
    except UnsupportedAlgorithm as error:
        raise _no_file("这个文件的加密方式不支持。") from error
    own = next((one for one in certificates if one.public_key() == key.public_key()), None)
    if own is None:
        raise _no_file("私钥与证书不是一对。")
    return KeyPair(_chained(own, certificates), key)


def _key_part(data: bytes) -> bytes:
    """The block of the key: a PEM file may begin with the certificates."""
    blocks = data.split(b"-----BEGIN ")
    return next((b"-----BEGIN " + block for block in blocks if b"PRIVATE KEY-----" in block[:40]), b"")


def _chained(own: x509.Certificate, others: list[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The certificate and whoever issued it, one after the other; what does not belong to it is left out."""
    chain = [own]
    while len(chain) < MOST_CHAIN and chain[-1].issuer != chain[-1].subject:
        above = next((one for one in others if one.subject == chain[-1].issuer and one not in chain), None)
        if above is None:
            break
        chain.append(above)
    return tuple(chain)


# --- checking ----------------------------------------------------------------------------------------------------


def _usable(key: object) -> SigningKey:
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_RSA:
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(
        key.curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1
    ):
        return key
    raise Invalid(
        "这种密钥不能用来签章。",
        fields={"file": "密钥须是 RSA（2048 位以上）或 ECDSA（P-256、P-384、P-521）。国密证书请用外部签章系统。"},
    )


def _check(pair: KeyPair, now: datetime) -> None:
    own = pair.certificate
    if _public(own.public_key()) != _public(pair.key.public_key()):
        raise _no_file("私钥与证书不是一对。")
    if own.not_valid_after_utc <= now:
        raise _no_file(f"证书已于 {_day(own.not_valid_after_utc)} 到期。请换一份有效的。", way_out="")
    if own.not_valid_before_utc > now:
        raise _no_file(f"证书从 {_day(own.not_valid_before_utc)} 起才有效。请到时再装载。", way_out="")
    try:
        usage = own.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise _no_file("这份证书不是签名用的（密钥用途里没有数字签名）。请换签名证书。", way_out="")


def _public(key: object) -> bytes:
    dumped: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return dumped


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"


def _no_file(what: str, *, way_out: str = _KINDS) -> Invalid:
    return Invalid("证书没有装载。", fields={"file": what + way_out})


def _wrong_password() -> Invalid:
    return Invalid("证书没有装载。", fields={"password": "密码不对，打不开文件。请核对颁发时给的密码。"})
