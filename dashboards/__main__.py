"""`python -m dashboards`: serves the board on `settings.bind:settings.board_port`."""

from __future__ import annotations

import logging
import sys

import uvicorn
from sqlalchemy.engine import make_url

from dashboards.app import create_app
from schemas.settings import get_settings
from schemas.warehouse.engine import make_engine

CONNECT_SECONDS = 5


def main() -> int:
    """Serve until stopped; 2 where there is no database address."""
    settings = get_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    url = settings.board_database_url or settings.database_url
    if not url:
        sys.stderr.write("没有数据库地址：请用 bizenv stack 启动，或设置 BIZENV_BOARD_DATABASE_URL。\n")
        return 2
    engine = make_engine(add_timeouts(url))
    app = create_app(settings, engine)
    uvicorn.run(app.server, host=settings.bind, port=settings.board_port, log_level="warning", access_log=False)
    return 0


def add_timeouts(url: str) -> str:
    """A server that does not answer is noticed in seconds, not minutes. What the address already says stands.

    No blank in `options`: SQLAlchemy writes it as `+`, which libpq takes literally.
    """
    parsed = make_url(url)
    wanted = {"connect_timeout": str(CONNECT_SECONDS), "keepalives_idle": "20", "options": "-cstatement_timeout=20000"}
    missing = {key: value for key, value in wanted.items() if key not in parsed.query}
    return parsed.update_query_dict(missing).render_as_string(hide_password=False)


if __name__ == "__main__":
    raise SystemExit(main())
