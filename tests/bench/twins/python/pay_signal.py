"""`POST /sales/{sale_id}/signal-payment`."""

import json
import os
import time
from urllib.parse import urlencode

import boto3
import urllib3
from runtime import serve
from sales import Problem, answering, body, commit, employee, load_sale, now, request_key, sale_id, uuid7

secrets = boto3.client("secretsmanager")
gateway = urllib3.PoolManager(timeout=urllib3.Timeout(connect=2, read=10), retries=False)
cached = (0.0, None)


def secret():
    global cached
    if cached[0] + 300 < time.monotonic() or cached[1] is None:
        answer = secrets.get_secret_value(SecretId=os.environ["GATEWAY_SECRET_ARN"])
        cached = (time.monotonic(), json.loads(answer["SecretString"])["current"])
    return cached[1]


def charge(sale, attempt):
    form = {
        "amount": sale["terms"][1],
        "currency": sale["terms"][2].lower(),
        "payment_method": attempt["token"],
        "payment_method_types[0]": "card" if attempt["method"] == "card" else "sepa_debit",
        "confirm": "true",
        "metadata[sale_id]": sale["id"],
        "metadata[attempt]": attempt["id"],
        "metadata[payment]": "signal",
    }
    headers = {
        "authorization": f"Bearer {secret()}",
        "content-type": "application/x-www-form-urlencoded",
        "idempotency-key": attempt["id"],
    }
    answer = gateway.request("POST", f"{os.environ['GATEWAY_URL']}/v1/payment_intents", body=urlencode(form), headers=headers)
    content = json.loads(answer.data)
    if answer.status != 200 or content.get("status") != "succeeded":
        raise Problem(503, "outcome-unknown")
    return content["id"]


@answering
def handler(event):
    who, sale_name, content = employee(event), sale_id(event), body(event)
    key, fingerprint = request_key(event, who, "pay-signal", sale_name, content)
    if set(content) != {"method", "payment_method"} or content["method"] not in ("card", "bank_transfer"):
        raise Problem(422, "invalid-body", ["/method"])
    sale = load_sale(sale_name)
    if sale is None or sale["dealership"] != who["dealership_id"]:
        raise Problem(404, "sale-not-found")
    if sale["stage"].get("SaleRegistered", {}).get("pay_signal_by", 0) < now():
        raise Problem(409, "payment-not-due")
    attempt = {
        "id": uuid7(),
        "key": key,
        "fingerprint": fingerprint,
        "method": content["method"],
        "token": content["payment_method"],
        "started_at": now(),
        "state": "Unknown",
    }
    sale.setdefault("signal_attempts", []).append(attempt)
    commit(sale, "SaleRegistered", "signal_payment")
    attempt["state"] = {"Captured": charge(sale, attempt)}
    attempt["answer"] = "Captured"
    sale["stage"] = {"ReservationPaid": {}}
    sale["facts"].append(["ReservationPaid", now()])
    commit(sale, "ReservationPaid", None)
    answer = {"sale_id": sale_name, "attempt_id": attempt["id"], "payment": "signal", "outcome": "captured"}
    return 200, answer | {"currency": sale["terms"][2], "amount": sale["terms"][1]}, {}


serve(handler)
