"""What a server runs: `waitress-serve wsgi:app`, `gunicorn wsgi:app`."""

from application import create_app

app = create_app()
