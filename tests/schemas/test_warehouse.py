"""The warehouse as migrated is the warehouse as described."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from schemas.warehouse.engine import MIGRATIONS, migrate
from schemas.warehouse.tables import metadata


def test_migrations_and_tables_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        assert len(inspect(connection).get_table_names()) == len(metadata.tables) + 1  # and alembic_version
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    assert differences == []


def test_migrate_twice_is_a_no_op(engine: Engine) -> None:
    migrate(engine)
    migrate(engine)


def test_an_older_warehouse_gains_the_lights_of_cases_and_keeps_its_mails(engine: Engine) -> None:
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        assert "case_lights" not in inspect(connection).get_table_names()
        connection.execute(
            text(
                "insert into mails (batch_id, run_id, recipient_unit, address, message_id, subject, body_text, "
                "body_html, state) values ('b', 'r', 'u', 'a@b', 'm', 's', 't', 'h', 'sent')"
            )
        )
    migrate(engine)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
        assert connection.execute(text("select batch_id, case_run from mails")).all() == [("b", None)]
        checks = [c["sqltext"] for c in inspect(connection).get_check_constraints("mails")]
    assert differences == []
    assert any("case_run" in check for check in checks)
