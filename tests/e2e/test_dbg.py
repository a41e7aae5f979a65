from tests.e2e.test_console import *
def test_dbg(page, visitor, address, gym):
    import time
    page.on("response", lambda r: print("RESP", r.status, r.url))
    print(visitor.say(REFUND).status_code)
    page.wait_for_timeout(6000)
    print(page.locator("#folders").inner_text().replace("\n"," "), page.locator("#list").inner_text())
    print(list(Conversation.objects.values_list("status","handled_by","queue","request_type")))
    print(page.evaluate("document.body.dataset.live"), page.evaluate("typeof htmx"))
    page.evaluate("htmx.trigger(document.body,'changed')"); page.wait_for_timeout(1500)
    print(page.locator("#folders").inner_text().replace("\n"," "))
