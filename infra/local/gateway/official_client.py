"""Uses the local gateway with Stripe's official client, as Stripe itself would be used: `official_client.py URL`. Each object is
created, read and listed; a challenge and a checkout are followed over HTTP forms; each class of error is met. A check that
fails ends it."""

import http.server
import json
import queue
import re
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import stripe

URL = sys.argv[1]
MANDATE = {"customer_acceptance": {"type": "online", "online": {"ip_address": "127.0.0.1", "user_agent": "test"}}}


def connect(key="sk_test_local"):
    return stripe.StripeClient(key, base_addresses={"api": URL}, max_network_retries=0)


client = connect()
api = client.v1


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def post_form(url, **fields):
    """Where a form's answer leads to, or its page."""
    opener = urllib.request.build_opener(StayHere)
    try:
        with opener.open(url, urllib.parse.urlencode(fields).encode()) as page:
            return page.read().decode()
    except urllib.error.HTTPError as answer:
        if answer.code == 303:
            return answer.headers["location"]
        return answer.read().decode()


def page(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


def control(path, **body):
    request = urllib.request.Request(URL + path, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def eventually(look):
    for _ in range(200):
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


def refused(kind, call, code=None, param=None):
    try:
        call()
    except kind as error:
        assert type(error) is kind, error
        assert code is None or error.code == code, error.json_body
        assert param is None or error.param == param, error.json_body
        assert kind is stripe.AuthenticationError or error.request_id.startswith("req_")
        return error
    raise AssertionError(f"no {kind.__name__}")


class Receiver(http.server.BaseHTTPRequestHandler):
    taken = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.taken.put((body, self.headers["stripe-signature"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def pay(method, options=None, **more):
    return api.payment_intents.create(
        {
            "amount": 100000,
            "currency": "eur",
            "allowed_payment_method_types": ["card"],
            "payment_method": method,
            "confirm": True,
            "return_url": "https://portal.example/back",
            "metadata": {"sale_id": "s-1"},
            **more,
        },
        options or {},
    )


def listed(service, thing, **parameters):
    page_of = service.list({"limit": 100, **parameters})
    assert page_of.object == "list" and thing.id in [one.id for one in page_of.data], page_of


def customers():
    customer = api.customers.create({"email": "ana@example.com", "name": "Ana", "preferred_locales": ["es"]})
    assert api.customers.retrieve(customer.id).email == "ana@example.com"
    assert api.customers.update(customer.id, {"metadata": {"a": "1"}}).metadata["a"] == "1"
    listed(api.customers, customer, email="ana@example.com")
    gone = api.customers.create({"name": "Gone"})
    assert api.customers.delete(gone.id).deleted
    return customer


def cards(customer):
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}
    method = api.payment_methods.create({"type": "card", "card": card})
    assert api.payment_methods.retrieve(method.id).card.last4 == "4242"
    api.payment_methods.attach(method.id, {"customer": customer.id})
    listed(api.payment_methods, method, customer=customer.id)
    intent = pay(method.id, customer=customer.id, expand=["latest_charge.balance_transaction"])
    assert intent.status == "succeeded" and intent.latest_charge.balance_transaction.fee == 1525
    assert api.payment_intents.retrieve(intent.id).metadata["sale_id"] == "s-1"
    listed(api.payment_intents, intent)
    charge = api.charges.retrieve(intent.latest_charge.id)
    assert charge.paid and not charge.refunded
    listed(api.charges, charge, payment_intent=intent.id)
    line = api.balance_transactions.retrieve(charge.balance_transaction)
    assert line.net == 98475
    listed(api.balance_transactions, line, source=charge.id)
    assert api.balance.retrieve().available[0].currency == "eur"
    return intent


def challenge():
    intent = pay("pm_card_authenticationRequired")
    assert intent.status == "requires_action" and intent.next_action.type == "redirect_to_url"
    url = intent.next_action.redirect_to_url.url
    form = page(url)
    assert re.search(r'<button name="outcome" value="complete">', form)
    back = urllib.parse.urlparse(post_form(url, outcome="complete"))
    query = dict(urllib.parse.parse_qsl(back.query))
    assert back.hostname == "portal.example" and query["payment_intent"] == intent.id
    assert query["redirect_status"] == "succeeded"
    assert query["payment_intent_client_secret"] == intent.client_secret
    assert api.payment_intents.retrieve(intent.id).status == "succeeded"
    failed = pay("pm_card_authenticationRequired")
    back = post_form(failed.next_action.redirect_to_url.url, outcome="fail")
    assert back.endswith("redirect_status=failed"), back
    failed = api.payment_intents.retrieve(failed.id)
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    paid = api.payment_intents.confirm(failed.id, {"payment_method": "pm_card_visa"})
    assert paid.status == "succeeded"
    open_one = pay("pm_card_authenticationRequired")
    assert api.payment_intents.cancel(open_one.id).status == "canceled"
    error = refused(
        stripe.InvalidRequestError, lambda: api.payment_intents.cancel(paid.id), "payment_intent_unexpected_state"
    )
    assert error.error.payment_intent.status == "succeeded"


def checkout():
    product = {"currency": "eur", "unit_amount": 100000, "product_data": {"name": "Señal <1>"}}
    session = api.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": product}],
            "success_url": "https://portal.example/done?s={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://portal.example/back",
            "customer_email": "ana@example.com",
            "client_reference_id": "s-1",
            "locale": "es",
            "expires_at": int(time.time()) + 1800,
            "allowed_payment_method_types": ["card", "sepa_debit"],
            "payment_intent_data": {"metadata": {"sale_id": "s-1"}},
        }
    )
    form = page(session.url)
    assert "1.000,00" in form and "&#60;1&#62;" in form and "Número de la tarjeta" in form
    names = set(re.findall(r'<input[^>]* name="(\w+)"', form))
    assert names >= {"kind", "number", "expiry", "cvc", "name"}, names
    labels = set(re.findall(r'<label for="([\w-]+)"', form))
    fields = set(re.findall(r'<input id="([\w-]+)"', form))
    assert labels == fields, (labels, fields)
    typed = {"kind": "card", "expiry": "12 / 34", "cvc": "123", "name": "Ana"}
    declined = post_form(session.url, number="4000 0000 0000 9995", **typed)
    assert "fondos insuficientes" in declined
    url = post_form(session.url, number="4000 0027 6000 3184", **typed)
    assert "/challenge/" in url
    done = post_form(url, outcome="complete")
    assert done == f"https://portal.example/done?s={session.id}", done
    session = api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "line_items"]})
    assert session.status == "complete" and session.payment_status == "paid"
    assert session.payment_intent.metadata["sale_id"] == "s-1"
    assert session.line_items.data[0].amount_total == 100000
    listed(api.checkout.sessions, session, payment_intent=session.payment_intent.id)
    other = {"mode": "payment", "line_items": [{"quantity": 1, "price_data": product}], "success_url": "https://a.example"}
    other = api.checkout.sessions.create(other)
    assert api.checkout.sessions.expire(other.id).status == "expired"


def debit():
    account = {
        "type": "sepa_debit",
        "sepa_debit": {"iban": "DE89370400440532013000"},
        "billing_details": {"name": "Ana", "email": "ana@example.com"},
    }
    method = api.payment_methods.create(account)
    sepa = {"allowed_payment_method_types": ["sepa_debit"]}
    refused(stripe.InvalidRequestError, lambda: pay(method.id, **sepa))
    large = {"amount": 1000001, "mandate_data": MANDATE, **sepa}
    refused(stripe.InvalidRequestError, lambda: pay(method.id, **large), "amount_too_large", "amount")
    intent = pay(method.id, mandate_data=MANDATE, expand=["latest_charge"], **sepa)
    assert intent.status == "processing"
    mandate = api.mandates.retrieve(intent.latest_charge.payment_method_details.sepa_debit.mandate)
    assert mandate.customer_acceptance.online.user_agent == "test" and mandate.status == "active"
    eventually(lambda: api.payment_intents.retrieve(intent.id).status == "succeeded")
    dispute = control(f"/_control/debits/{intent.id}/return")
    assert api.disputes.retrieve(dispute["id"]).status == "lost"


def transfer(customer):
    options = {"bank_transfer": {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "ES"}}}
    intent = api.payment_intents.create(
        {
            "amount": 3020000,
            "currency": "eur",
            "customer": customer.id,
            "allowed_payment_method_types": ["customer_balance"],
            "payment_method_data": {"type": "customer_balance"},
            "payment_method_options": {"customer_balance": {"funding_type": "bank_transfer", **options}},
            "confirm": True,
        }
    )
    told = intent.next_action.display_bank_transfer_instructions
    assert intent.status == "requires_action" and told.type == "eu_bank_transfer"
    iban = told.financial_addresses[0].iban
    assert iban.country == "ES" and told.amount_remaining == 3020000
    assert iban.iban[:4] in page(told.hosted_instructions_url)
    api.test_helpers.customers.fund_cash_balance(customer.id, {"amount": 1000000, "currency": "eur"})
    told = api.payment_intents.retrieve(intent.id).next_action.display_bank_transfer_instructions
    assert told.amount_remaining == 2020000
    control("/_control/transfers", iban=iban.iban, amount=2020100)
    assert api.payment_intents.retrieve(intent.id).status == "succeeded"
    assert api.customers.cash_balance.retrieve(customer.id).available["eur"] == 100
    movements = api.customers.cash_balance_transactions.list(customer.id)
    assert movements.data[0].type == "applied_to_payment"
    back = {"origin": "customer_balance", "customer": customer.id, "amount": 100, "currency": "eur"}
    assert api.refunds.create(back).status == "pending"


def refunds(intent):
    refund = api.refunds.create({"payment_intent": intent.id, "amount": 10000, "reason": "requested_by_customer"})
    assert refund.status == "succeeded" and api.refunds.retrieve(refund.id).amount == 10000
    listed(api.refunds, refund, payment_intent=intent.id)
    much = {"payment_intent": intent.id, "amount": 90001}
    refused(stripe.InvalidRequestError, lambda: api.refunds.create(much), param="amount")
    api.refunds.create({"payment_intent": intent.id})
    again = {"payment_intent": intent.id}
    refused(stripe.InvalidRequestError, lambda: api.refunds.create(again), "charge_already_refunded")
    failing = api.refunds.create({"payment_intent": pay("pm_card_refundFail").id})
    eventually(lambda: api.refunds.retrieve(failing.id).status == "failed")


def disputes():
    intent = pay("pm_card_createDispute")
    dispute = api.disputes.list({"payment_intent": intent.id}).data[0]
    assert dispute.status == "needs_response" and dispute.balance_transactions[0].net == -102000
    won = api.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    assert won.status == "won"
    inquiry = api.disputes.list({"payment_intent": pay("pm_card_createDisputeInquiry").id}).data[0]
    assert inquiry.status == "warning_needs_response" and inquiry.balance_transactions == []
    lost = api.disputes.list({"payment_intent": pay("pm_card_createDispute").id}).data[0]
    assert api.disputes.close(lost.id).status == "lost"
    listed(api.disputes, lost)


def errors():
    error = refused(stripe.CardError, lambda: pay("pm_card_chargeDeclinedInsufficientFunds"), "card_declined")
    assert error.error.decline_code == "insufficient_funds" and error.http_status == 402
    assert error.error.payment_intent.status == "requires_payment_method"
    refused(stripe.CardError, lambda: pay("pm_card_authenticationRequired", off_session=True), "authentication_required")
    refused(stripe.InvalidRequestError, lambda: pay("pm_0"), "resource_missing", "payment_method")
    missing = refused(stripe.InvalidRequestError, lambda: api.payment_intents.retrieve("pi_0"), "resource_missing")
    assert missing.http_status == 404
    colour = {"amount": 100, "currency": "eur", "colour": "red"}
    refused(stripe.InvalidRequestError, lambda: api.payment_intents.create(colour), "parameter_unknown", "colour")
    refused(stripe.InvalidRequestError, lambda: api.payment_intents.create({"amount": 100}), "parameter_missing", "currency")
    old = {"amount": 100, "currency": "eur", "payment_method_types": ["card"]}
    code = "payment_method_types_no_longer_supported"
    refused(stripe.InvalidRequestError, lambda: api.payment_intents.create(old), code)
    refused(stripe.AuthenticationError, lambda: connect("sk_test_other").v1.balance.retrieve())
    key = {"idempotency_key": "once"}
    first = pay("pm_card_visa", key)
    again = pay("pm_card_visa", key)
    assert first.id == again.id and again.last_response.headers["idempotent-replayed"] == "true"
    refused(stripe.IdempotencyError, lambda: pay("pm_card_visa", key, amount=100001))


def events():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    endpoint = api.webhook_endpoints.create({"url": url, "enabled_events": ["payment_intent.succeeded"]})
    listed(api.webhook_endpoints, endpoint)
    intent = pay("pm_card_visa")
    body, signature = Receiver.taken.get(timeout=10)
    event = stripe.Webhook.construct_event(body, signature, endpoint.secret)
    assert event.type == "payment_intent.succeeded" and event.data.object.id == intent.id
    try:
        stripe.Webhook.construct_event(body + b" ", signature, endpoint.secret)
        raise AssertionError("a changed body was taken")
    except stripe.SignatureVerificationError:
        pass
    assert api.events.retrieve(event.id).data.object.id == intent.id
    listed(api.events, event, type="payment_intent.succeeded")
    assert api.webhook_endpoints.delete(endpoint.id).deleted
    server.shutdown()


def pages():
    """Every object of a list, page by page."""
    seen = [intent.id for intent in api.payment_intents.list({"limit": 3}).auto_paging_iter()]
    assert len(seen) == len(set(seen)) > 3


ana = customers()
paid = cards(ana)
challenge()
checkout()
debit()
transfer(ana)
refunds(paid)
disputes()
errors()
events()
pages()
sums = json.loads(page(URL + "/_control/books"))["total"]
balance = api.balance.retrieve().available[0].amount
assert sums["net"] == balance == sums["captured"] - sums["refunded"] - sums["disputed"] - sums["fees"], sums
