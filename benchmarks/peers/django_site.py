"""The Django peers: served as `application`, or with a number of claims that go through the flow, timed."""

import json
import os
import sys
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

url = urlsplit(os.environ["PEERS_URL"])
settings.configure(
    SECRET_KEY="measured",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="ondjango.views",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "viewflow.workflow",
                    "ondjango"],
    REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer"]},
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "HOST": url.hostname, "PORT": url.port,
        "USER": url.username, "PASSWORD": unquote(url.password or ""), "CONN_MAX_AGE": None}},
)  # fmt: skip
django.setup()

application = get_wsgi_application()

if __name__ == "__main__":
    if sys.argv[1] == "migrate":
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
    else:
        from ondjango.flows import steps

        sys.stdout.write(json.dumps(steps(int(sys.argv[1]))))
