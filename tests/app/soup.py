"""Pages as a test reads them."""

from bs4 import BeautifulSoup
from flask.testing import FlaskClient


def soup(client: FlaskClient, path: str) -> BeautifulSoup:
    """Return a page that must be there."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.text, "html.parser")
