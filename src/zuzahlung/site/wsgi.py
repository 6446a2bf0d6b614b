"""The portal as a WSGI application: the busiest JSON path first, everything else through Django."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
