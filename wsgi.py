"""What a server runs: `waitress-serve wsgi:app`, `gunicorn wsgi:app`."""

from application import create_app
from core.settings import BadSetting

try:
    app = create_app()
except BadSetting as refusal:
    raise SystemExit(refusal.sentence) from refusal
