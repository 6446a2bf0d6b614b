import os, threading
from datetime import timedelta
from playwright.sync_api import sync_playwright
from axe_playwright_python.sync_playwright import Axe
from tests.exemptions.practice import *
from tests.portal.look_browser import launch
from zuzahlung.exemptions import lists
OUT="/tmp/hl/pics"; os.makedirs(OUT, exist_ok=True)
def many(n):
    from zuzahlung.standards.numbers import kvnr
    i=0; out=[]
    while len(out)<n:
        i+=1; t=f"D{i:09d}"
        if kvnr.is_checked(t): out.append(t)
    return out
def test_p(house_database, monkeypatch):
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from zuzahlung.site.wsgi import application
    monkeypatch.setattr(WSGIRequestHandler, "log_message", lambda *_: None)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    serve_registry()
    p = practice(name="Praxis für Physiotherapie Doppelname-Schmidt-Rodríguez und Kolleginnen"); owner=p.person("owner"); anna=p.person("reception","anna-doppelname-schmidt-rodriguez"); aud=p.person("auditor","pruefung")
    empty = practice("109910001","Praxis Leer"); eo=empty.person("owner")
    p.allow(per_day=700, unknown_per_day=600)
    key=p.key("Praxisprogramm Theramax")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="1"
    for i in range(60):
        p.asks([owner.actor,anna.actor,key][i%3], [EXEMPT,LIABLE,CHILD,STRANGER][i%4], now=NOW-timedelta(minutes=7*i+1), days=[TODAY+timedelta(days=k) for k in range(1 if i%5 else 9)])
    series=p.asks(owner.actor, EXEMPT, days=[TODAY-timedelta(days=k) for k in range(60)], now=NOW-timedelta(seconds=30))
    mixed=p.asks(owner.actor, EXEMPT, days=[date(2025,12,20)+timedelta(days=k) for k in range(60)], now=NOW-timedelta(seconds=20))
    head="KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\r\n"
    a=p.asker(owner.actor)
    good=head+"".join(f"{n};vor Ort;;19.11.2026\r\n" for n in many(40))+"A123456780;Serie;01.12.2026;19.11.2026 20.11.2026\r\nB123456782;schriftlich;;18.11.2026\r\nA123456781;vor Ort;;19.11.2026\r\nA123456780;vielleicht;;gestern\r\nC123456784;;;\r\n"+"A123456780;mündlich;;19.11.2026\r\n"*2
    done=lists.hand_in(good.encode(), a, NOW); lists.start(done,a,NOW)
    from zuzahlung.site import worker
    worker.run(wait=False)
    # stopped by quota
    from django.db import connections
    p.allow(per_day=111)
    st=lists.hand_in(good.encode(), a, NOW); lists.start(st,a,NOW); worker.run(wait=False)
    p.allow(per_day=700)
    run=lists.hand_in((head+"".join(f"{n};vor Ort;;19.11.2026\r\n" for n in many(200))).encode(), a, NOW); lists.start(run,a,NOW)
    from zuzahlung.exemptions import list_work
    list_work.work(p.id, run, NOW, is_last_try=False)
    chk=lists.hand_in(good.encode(), a, NOW)
    allbad=lists.hand_in((head+"A123456781;vor Ort;;\r\n"*40).encode(), empty.asker(eo.actor), NOW)
    server=ThreadedWSGIServer(("127.0.0.1",0), WSGIRequestHandler); server.set_app(application)
    th=threading.Thread(target=server.serve_forever, kwargs={"poll_interval":0.05}); th.start()
    base=f"http://127.0.0.1:{server.server_port}"
    bad=[]
    try:
      with sync_playwright() as pw, launch(pw) as browser:
        def who(m):
            c=browser.new_context(base_url=base, locale="de-DE"); pg=c.new_page()
            pg.goto("/anmelden/"); pg.get_by_label("Benutzername").fill(m.sign_in); pg.get_by_label("Passwort oder").fill(PASSWORD); pg.get_by_role("button",name="Anmelden").click(); pg.wait_for_url("**/abfrage/**" if m.role!="auditor" else "**/*")
            return pg
        def snap(pg, name):
            for w in (1280,360):
                pg.set_viewport_size({"width":w,"height":900}); pg.screenshot(path=f"{OUT}/{name}-{w}.png", full_page=True)
                wide=pg.evaluate("document.documentElement.scrollWidth")
                if wide>w: bad.append((name,w,"scrolls",wide))
            v=Axe().run(pg).response["violations"]
            if v: bad.append((name,[(x["id"],[n["target"] for n in x["nodes"]][:3]) for x in v]))
            pg.set_viewport_size({"width":320,"height":900})
            wide=pg.evaluate("document.documentElement.scrollWidth")
            if wide>320: bad.append((name,320,"scrolls",wide))
        o=who(owner)
        def go(pg, url, name):
            r=pg.goto(url); assert r.status==200, (url, r.status); snap(pg,name)
        want=os.environ.get("PICS","").split() or None
        go(o,"/verlauf/","history")
        o.locator("summary").nth(1).click() if False else None
        o.get_by_text("Suchen", exact=True).first.click(); snap(o,"history-search")
        o.get_by_label("Auskunft-Nummer").fill("ABC"); o.get_by_label("Abgefragt ab").fill("2026-11-20"); o.get_by_label("Abgefragt bis").fill("2026-11-01"); o.get_by_role("button",name="Suchen").click(); snap(o,"history-error")
        go(o,"/verlauf/?result=exempt&since=2026-11-01","history-narrowed")
        go(o,"/verlauf/?day=2026-01-01","history-nothing")
        go(o,f"/auskunft/{series.id}/","answer-series")
        go(o,f"/auskunft/{mixed.id}/","answer-mixed")
        go(o,"/listenabfrage/","lists")
        o.get_by_text("So muss die Datei aussehen").click(); snap(o,"lists-format")
        o.get_by_label("CSV-Datei").set_input_files({"name":"a.csv","mimeType":"text/csv","buffer":b"KVNR;Erlaubnis;Name\nA;b;c"}); o.get_by_role("button",name="Datei prüfen").click(); snap(o,"lists-error")
        go(o,f"/listenabfrage/{chk}/","list-checked")
        go(o,f"/listenabfrage/{run}/?automatisch=1","list-running")
        go(o,f"/listenabfrage/{done}/","list-done")
        go(o,f"/listenabfrage/{st}/?seite=2","list-stopped")
        e=who(eo); go(e,"/verlauf/","history-empty"); go(e,f"/listenabfrage/{allbad}/","list-allbad")
        an=who(anna); go(an,"/verlauf/","history-own")
        r=an.goto("/listenabfrage/"); assert r.status==403
        au=who(aud); go(au,"/verlauf/","history-auditor")
        from zuzahlung.exemptions.receipts import receipt_pdf
        from django.conf import settings
        for n,g in (("series",series),("mixed",mixed)):
            __import__("pathlib").Path(f"{OUT}/{n}.pdf").write_bytes(receipt_pdf(g, fund=settings.HOUSE.fund))
    finally:
        server.shutdown(); th.join(); server.server_close()
    for b in bad: print(b)
