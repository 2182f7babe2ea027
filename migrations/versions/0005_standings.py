"""lists and heads of histories on a row of their own, narrow, beside each hazard"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = "state IN ('reported', 'rectifying', 'verified')"
TIERS = "tier IN ('day', 'week', 'month', 'quarter')"
MOVED = ("tier", "tier_since", "list_owner_id", "tier_until", "chain_head", "chain_length")
COVERING = {
    "ix_hazard_open_deadline": ["deadline", "id", "region_path", "state", "hidden", "grade", "tier", "sector"],
    "ix_hazard_open_region_path": [
        *("region_path", "deadline", "id", "state", "hidden", "grade", "tier", "sector", "changed_since_signed"),
        *("recurrence_of_id", "town_order", "responsible_office_id", "issuing_office_id"),
    ],
    "ix_hazard_region_path_state": [
        *("region_path", "state", "hidden", "deadline", "grade", "tier", "sector", "responsible_office_id")
    ],
}


def upgrade() -> None:
    op.create_table(
        "hazard_standing",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=False),
        sa.Column("tier_since", sa.Date(), nullable=True),
        sa.Column("list_owner_id", ID, nullable=True),
        sa.Column("tier_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chain_head", sa.String(length=64), server_default="0" * 64, nullable=False),
        sa.Column("chain_length", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(TIERS, name=op.f("ck_hazard_standing_tier")),
        sa.ForeignKeyConstraint(["id"], ["hazard.id"], name=op.f("fk_hazard_standing_id_hazard")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_standing")),
    )
    op.execute(
        "INSERT INTO hazard_standing"
        " (id, enterprise_id, tier, tier_since, list_owner_id, tier_until, chain_head, chain_length)"
        " SELECT id, enterprise_id, tier, tier_since, list_owner_id, tier_until, chain_head, chain_length FROM hazard"
    )
    op.create_index(
        "ix_hazard_standing_tier_until",
        "hazard_standing",
        ["tier_until", "enterprise_id", "id"],
        **_where("tier_until IS NOT NULL"),
    )

    _drop_index("ix_hazard_tier_until")
    for name in COVERING:
        _drop_index(name)
    with op.batch_alter_table("hazard") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_hazard_list_owner_id_person"), type_="foreignkey")
        for column in MOVED:
            batch_op.drop_column(column)
    _cover(without="tier")
    with op.batch_alter_table("tier_move") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_tier_move_hazard_id_hazard"), type_="foreignkey")


def downgrade() -> None:
    with op.batch_alter_table("tier_move") as batch_op:
        batch_op.create_foreign_key(batch_op.f("fk_tier_move_hazard_id_hazard"), "hazard", ["hazard_id"], ["id"])
    for name in COVERING:
        _drop_index(name)
    with op.batch_alter_table("hazard") as batch_op:
        batch_op.add_column(sa.Column("tier", sa.String(length=40), server_default="day", nullable=False))
        batch_op.add_column(sa.Column("tier_since", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("list_owner_id", ID, nullable=True))
        batch_op.add_column(sa.Column("tier_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("chain_head", sa.String(length=64), server_default="0" * 64, nullable=False),
        )
        batch_op.add_column(sa.Column("chain_length", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_foreign_key(batch_op.f("fk_hazard_list_owner_id_person"), "person", ["list_owner_id"], ["id"])
    op.execute(
        "UPDATE hazard SET tier = s.tier, tier_since = s.tier_since, list_owner_id = s.list_owner_id,"
        " tier_until = s.tier_until, chain_head = s.chain_head, chain_length = s.chain_length"
        " FROM hazard_standing AS s WHERE s.id = hazard.id"
    )
    with op.batch_alter_table("hazard") as batch_op:
        batch_op.alter_column("tier", server_default=None, existing_type=sa.String(length=40), existing_nullable=False)
    _cover()
    op.create_index("ix_hazard_tier_until", "hazard", ["tier_until", "id"], **_where("tier_until IS NOT NULL"))
    op.drop_table("hazard_standing")


def _cover(*, without: str = "") -> None:
    for name, columns in COVERING.items():
        kept = [column for column in columns if column != without]
        more = _where(OPEN) if "open" in name else {"postgresql_with": {"deduplicate_items": "off"}}
        op.create_index(name, "hazard", kept, unique=False, **more)


def _drop_index(name: str) -> None:
    with op.batch_alter_table("hazard") as batch_op:
        batch_op.drop_index(batch_op.f(name))


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
