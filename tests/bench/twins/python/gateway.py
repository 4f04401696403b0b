"""What the two payments share: the gateway, its secret, an attempt."""

import json
import os
import time
from urllib.parse import urlencode

import boto3
import urllib3
from sales import Problem, now, uuid7

secrets = boto3.client("secretsmanager")
gateway = urllib3.PoolManager(timeout=urllib3.Timeout(connect=2, read=10), retries=False)
cached = (0.0, None)


def secret():
    global cached
    if cached[0] + 300 < time.monotonic() or cached[1] is None:
        answer = secrets.get_secret_value(SecretId=os.environ["GATEWAY_SECRET_ARN"])
        cached = (time.monotonic(), json.loads(answer["SecretString"])["current"])
    return cached[1]


def charge(sale, attempt, payment, amount):
    form = {
        "amount": amount,
        "currency": sale["terms"][2].lower(),
        "payment_method": attempt["token"],
        "payment_method_types[0]": "card" if attempt["method"] == "card" else "sepa_debit",
        "confirm": "true",
        "metadata[sale_id]": sale["id"],
        "metadata[attempt]": attempt["id"],
        "metadata[payment]": payment,
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


def new_attempt(content, key, fingerprint):
    if set(content) != {"method", "payment_method"} or content["method"] not in ("card", "bank_transfer"):
        raise Problem(422, "invalid-body", ["/method"])
    return {
        "id": uuid7(),
        "key": key,
        "fingerprint": fingerprint,
        "method": content["method"],
        "token": content["payment_method"],
        "started_at": now(),
        "state": "Unknown",
    }
