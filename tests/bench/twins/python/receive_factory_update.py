"""`POST /webhooks/factory` (Standard Webhooks)."""

import base64
import hashlib
import hmac
import json
import os
import time

import boto3
from runtime import serve
from sales import Problem, answering, body, commit, load_sale, now

MILESTONES = ["InProduction", "QualityCheck", "ReadyForShipment", "InTransit", "AtDealership", "AvailableForCustomer"]

secrets = boto3.client("secretsmanager")
cached = (0.0, None)


def key():
    global cached
    if cached[0] + 300 < time.monotonic() or cached[1] is None:
        answer = secrets.get_secret_value(SecretId=os.environ["FACTORY_WEBHOOK_SECRET_ARN"])
        secret = json.loads(answer["SecretString"])["current"]
        cached = (time.monotonic(), base64.b64decode(secret.removeprefix("whsec_")))
    return cached[1]


def verify(event):
    headers = event["headers"]
    message, sent, signatures = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not sent.isdigit() or abs(time.time() - int(sent)) > 300:
        raise Problem(401, "signature-invalid")
    expected = hmac.new(key(), f"{message}.{sent}.{event['body']}".encode(), hashlib.sha256).digest()
    expected = base64.b64encode(expected).decode()
    if not any(hmac.compare_digest(signature, f"v1,{expected}") for signature in signatures.split()):
        raise Problem(401, "signature-invalid")


@answering
def handler(event):
    verify(event)
    data = body(event)["data"]
    if data["status"] not in MILESTONES:
        raise Problem(422, "invalid-body", ["/data/status"])
    sale = load_sale(data["reference"])
    placed = sale and (sale["stage"].get("OrderPlaced") or sale["stage"].get("Manufacturing"))
    if not placed or placed["order"]["id"] != data["order_id"]:
        raise Problem(404, "order-not-found")
    known = {kind for kind, _ in sale["facts"]}
    reached = MILESTONES[: MILESTONES.index(data["status"]) + 1]
    news = [milestone for milestone in reached if milestone not in known]
    if news:
        sale["facts"].extend([milestone, now()] for milestone in news)
        sale["stage"] = {"Manufacturing": {"order": placed["order"], "milestone": data["status"]}}
        commit(sale, "Manufacturing", "vehicle")
    return 200, {"sale_id": sale["id"], "status": "Manufacturing", "milestone": data["status"]}, {}


serve(handler)
