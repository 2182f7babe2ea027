"""What a document says of itself."""

from __future__ import annotations

from notices.parts.cleaning import one_line
from notices.parts.pen import Properties
from notices.snapshots import NoticeSnapshot


def properties_of(snapshot: NoticeSnapshot) -> Properties:
    """Title with number, the office that issues, the addressee."""
    office = snapshot.signers[0] if snapshot.signers else snapshot.head
    return Properties(
        title=one_line(f"{snapshot.title} {snapshot.number}"),
        author=one_line(office),
        subject=one_line(snapshot.addressee),
        issued_at=snapshot.issued_at,
        creator=one_line(snapshot.product),
    )
