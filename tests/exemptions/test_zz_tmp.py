import time
from tests.exemptions.practice import *
from zuzahlung.exemptions import lists, history
def test_x(house_database):
    serve_registry()
    p = practice(); owner = p.person("owner")
    p.allow(per_day=600, unknown_per_day=600)
    from zuzahlung.standards.numbers import kvnr
    nums=[]
    i=0
    while len(nums)<500:
        i+=1
        t=f"D{i:09d}"
        if kvnr.is_checked(t): nums.append(t)
    body="KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\r\n"+"".join(f"{n};vor Ort;;19.11.2026\r\n" for n in nums[:498])+"A123456780;Serie;01.12.2026;19.11.2026 20.11.2026\r\nA123456781;vor Ort;;19.11.2026\r\n"
    t=time.perf_counter()
    ident=lists.hand_in(body.encode(), p.asker(owner.actor), NOW); print(ident, time.perf_counter()-t)
    print(lists.find(p.id, ident))
    t=time.perf_counter()
    assert lists.start(ident, p.asker(owner.actor), datetime.now(UTC)); print(time.perf_counter()-t)
    from zuzahlung.site import worker
    t=time.perf_counter()
    while lists.find(p.id, ident).state == "running": worker.run(wait=False)
    print("worked", time.perf_counter()-t)
    print(lists.find(p.id, ident))
    print(lists.rows_of(p.id, ident)[-2:])
    c=signed_in(owner)
    for u in ("/verlauf/","/listenabfrage/",f"/listenabfrage/{ident}/"):
        t=time.perf_counter(); r=c.get(u); print(u, r.status_code, len(r.content), time.perf_counter()-t)
    r=c.post(f"/listenabfrage/{ident}/ergebnis.csv"); print(r.content.decode()[-1200:])
    r=c.post("/verlauf/", {"kvnr":"a123 456 780"}); print(r.status_code, r["Location"])
    r=c.get(r["Location"]); import re; print(re.sub(r"\s+"," ",re.sub("<[^>]+>"," ",r.content.decode())))
    r=c.post("/verlauf/ausgabe.csv"); print(r.status_code, r.get("Location")); print(b"".join(r.streaming_content).decode()[:600])
