"""The table's stream: what a commit owes goes to the queues."""

import json
import os

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from runtime import serve
from sales import LOG, parse_sale

TOLD = {
    "OrderPlaced": "order_placed",
    "InProduction": "manufacturing_started",
    "QualityCheck": "quality_check_completed",
    "ReadyForShipment": "ready_for_shipment",
    "InTransit": "in_transit",
    "AtDealership": "at_dealership",
    "AvailableForCustomer": "final_payment_due",
    "PaymentReceived": "final_payment_received",
}

sqs = boto3.client("sqs", config=Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "max_attempts": 3}))


def relay(change):
    old, new = change.get("OldImage"), parse_sale(change["NewImage"])
    known = len(parse_sale(old)["facts"]) if old else 0
    for fact, (kind, _) in list(enumerate(new["facts"]))[known:]:
        if kind in TOLD:
            message = {"message": "notify", "sale": new["id"], "fact": fact, "notification": TOLD[kind]}
            sqs.send_message(QueueUrl=os.environ["NOTIFICATION_QUEUE_URL"], MessageBody=json.dumps(message))
    return new["id"]


def handler(event, request_id):
    failed = []
    for record in event["Records"]:
        number = record["dynamodb"]["SequenceNumber"]
        try:
            sale = relay(record["dynamodb"])
            LOG.info(json.dumps({"level": "INFO", "message": "relayed", "request_id": request_id, "sale_id": sale}))
        except (BotoCoreError, ClientError):
            LOG.exception("not relayed")
            failed.append({"itemIdentifier": number})
            break
    return {"batchItemFailures": failed}


serve(handler)
