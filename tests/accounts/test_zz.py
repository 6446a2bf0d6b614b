from tests.accounts.household import *
from zuzahlung.accounts.services import colleagues, leaving
from zuzahlung.accounts.rules import Role
import time
def test_x(practice, clock, monkeypatch):
    def unlocked():
        r={o.id for o in Person.objects.filter(state="active", role="owner")}; time.sleep(.1); return r
    monkeypatch.setattr(colleagues,"lock_owners",unlocked)
    a,b=practice.person(),practice.person("bert","owner")
    print(at_once(lambda: colleagues.change_role(a,b.id,Role.RECEPTION,clock.now), lambda: colleagues.change_role(b,a.id,Role.RECEPTION,clock.now)))
    print(len(practice.rows(Person, role="owner")))
