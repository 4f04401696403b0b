"""`GET /sales/{sale_id}`."""

import json

from runtime import serve
from sales import TABLE, Problem, answering, dynamodb, employee, parse_sale, sale_id


@answering
def handler(event):
    who = employee(event)
    sale = sale_id(event)
    items = dynamodb.query(
        TableName=TABLE,
        ConsistentRead=True,
        KeyConditionExpression="PK = :pk AND begins_with(SK, :sale)",
        ExpressionAttributeValues={":pk": {"S": f"SALE#{sale}"}, ":sale": {"S": "SALE"}},
    )["Items"]
    found = {item["SK"]["S"]: item for item in items}
    if "SALE" not in found or "SALE#DETAILS" not in found:
        raise Problem(404, "sale-not-found")
    state, details = parse_sale(found["SALE"]), json.loads(found["SALE#DETAILS"]["details"]["S"])
    if state["dealership"] != who["dealership_id"]:
        raise Problem(404, "sale-not-found")
    price, signal, currency = state["terms"]
    return (
        200,
        {
            "sale_id": sale,
            "status": found["SALE"]["status"]["S"],
            "dealership_id": state["dealership"],
            "country": state["country"],
            "customer": details["customer"],
            "plan": details["plan"],
            "delivery": details["delivery"],
            "payment": {"currency": currency, "price": price, "signal": signal, "balance": price - signal},
            "events": [{"type": kind, "at": at} for kind, at in state["facts"]],
        },
        {},
    )


serve(handler)
