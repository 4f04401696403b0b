"""What the three functions share: the request, the answer, the table."""

import hashlib
import json
import logging
import os
import re
import sys
import time
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

TABLE = os.environ["TABLE_NAME"]
LOG = logging.getLogger("sales")
LOG.addHandler(logging.StreamHandler(sys.stdout))
LOG.setLevel(logging.INFO)

dynamodb = boto3.client(
    "dynamodb", config=Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "max_attempts": 3})
)


class Problem(Exception):
    def __init__(self, status, kind, faults=()):
        self.status, self.kind, self.faults = status, kind, list(faults)


def now():
    return int(time.time() * 1000)


def uuid7():
    """RFC 9562: 48 bits of time, the rest by chance."""
    value = (now() << 80) | int.from_bytes(os.urandom(10), "big")
    return str(uuid.UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62)))


def digest(*parts):
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()[:32]


def employee(event, role="sales"):
    claims = (event["requestContext"].get("authorizer") or {}).get("jwt", {}).get("claims")
    if not claims:
        raise Problem(401, "unauthenticated")
    if role not in claims["roles"].strip("[]").split():
        raise Problem(403, "forbidden")
    return claims


def body(event):
    if event["headers"].get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Problem(415, "content-type-unsupported")
    try:
        return json.loads(event["body"])
    except ValueError:
        raise Problem(400, "malformed-body") from None


def request_key(event, who, operation, sale, content):
    key = event["headers"].get("idempotency-key", "")
    if not re.fullmatch(r"[!-~]{1,255}", key):
        raise Problem(400, "idempotency-key-invalid")
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return digest(who["dealership_id"].encode(), key.encode()), digest(operation.encode(), sale.encode(), canonical)


def sale_id(event):
    text = event["pathParameters"]["sale_id"]
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        raise Problem(404, "sale-not-found")
    return text


def state_of(sale):
    return json.dumps({name: value for name, value in sale.items() if name != "version"}, ensure_ascii=False, separators=(",", ":"))


def parse_sale(item):
    return json.loads(item["state"]["S"]) | {"version": int(item["version"]["N"])}


def load_sale(sale):
    found = dynamodb.get_item(
        TableName=TABLE,
        Key={"PK": {"S": f"SALE#{sale}"}, "SK": {"S": "SALE"}},
        ConsistentRead=True,
        ProjectionExpression="#version, #state",
        ExpressionAttributeNames={"#version": "version", "#state": "state"},
    )
    return parse_sale(found["Item"]) if "Item" in found else None


def commit(sale, status, awaits):
    values = {
        ":previous": {"N": str(sale["version"])},
        ":version": {"N": str(sale["version"] + 1)},
        ":status": {"S": status},
        ":state": {"S": state_of(sale)},
    }
    names = {"#version": "version", "#status": "status", "#state": "state", "#awaits": "awaits"}
    expression = "SET #version = :version, #status = :status, #state = :state"
    if awaits:
        values[":awaits"] = {"S": awaits}
        expression += ", #awaits = :awaits"
    else:
        expression += " REMOVE #awaits"
    try:
        dynamodb.update_item(
            TableName=TABLE,
            Key={"PK": {"S": f"SALE#{sale['id']}"}, "SK": {"S": "SALE"}},
            UpdateExpression=expression,
            ConditionExpression="#version = :previous",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as fault:
        if fault.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Problem(409, "contended") from None
        raise
    sale["version"] += 1


def answering(handle):
    """One line in the log, and an answer or a problem."""

    def handler(event, request_id):
        try:
            status, content, headers = handle(event)
            kind = "application/json"
        except Problem as problem:
            status, kind, headers = problem.status, "application/problem+json", {}
            content = {"type": problem.kind, "status": status, "errors": problem.faults, "request_id": request_id}
        line = {"level": "INFO", "message": "answered", "status": status, "request_id": request_id, "sale_id": content.get("sale_id")}
        LOG.info(json.dumps(line))
        headers = {"cache-control": "no-store", "content-type": kind} | headers
        return {"statusCode": status, "headers": headers, "body": json.dumps(content, ensure_ascii=False), "isBase64Encoded": False}

    return handler
