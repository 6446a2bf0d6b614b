from tests.accounts.household import *
def test_x(practice, clock, monkeypatch):
    from django.db import OperationalError
    from zuzahlung.accounts import sessions
    c = signed_in(practice.person())
    def boom(*a, **k): raise OperationalError("gone")
    monkeypatch.setattr(sessions.SessionStore, "load", boom)
    c.raise_request_exception = False
    r = c.get("/abfrage/"); print(r.status_code, text_of(r)[:80]); 
    r = c.post("/abfrage/", {"kvnr":"x"}); print(r.status_code, text_of(r)[:80])
    assert r.status_code == 503
