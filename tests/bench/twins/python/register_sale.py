"""`POST /sales`."""

import json
import os
import re

from botocore.exceptions import ClientError
from runtime import serve
from sales import TABLE, Problem, answering, body, digest, dynamodb, employee, now, request_key, state_of, uuid7

PLANS_REMEMBERED = int(os.environ["PLANS_REMEMBERED_SECONDS"]) * 1000
WINDOW = int(os.environ["SIGNAL_PAYMENT_WINDOW_SECONDS"])
REMEMBERED = 30 * 24 * 60 * 60
FIELDS = {
    "/customer/full_name": r".{1,100}",
    "/customer/email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "/customer/phone": r"\+[0-9]{7,15}",
    "/customer/language": r"de|en|es|fr|it|pt",
    "/customer/address/street": r".{1,120}",
    "/customer/address/postal_code": r"[0-9A-Za-z -]{3,10}",
    "/customer/address/city": r".{1,120}",
    "/customer/address/country": r"[A-Z]{2}",
    "/plan/code": r"[A-Z0-9-]{1,32}",
    "/delivery/to": r"dealership|customer_address",
}


def at(content, pointer):
    for name in pointer.strip("/").split("/"):
        content = content.get(name) if isinstance(content, dict) else None
    return content


def validate(content):
    faults = [
        pointer
        for pointer, pattern in FIELDS.items()
        if not isinstance(at(content, pointer), str) or not re.fullmatch(pattern, at(content, pointer))
    ]
    options = at(content, "/plan/options")
    if not isinstance(options, list) or not all(isinstance(option, str) and re.fullmatch(r"[A-Z0-9-]{1,32}", option) for option in options):
        faults.append("/plan/options")
    if faults:
        raise Problem(422, "invalid-body", faults)


def put(item):
    return {
        "Put": {
            "TableName": TABLE,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(PK)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


plans = {}


def load_plan(code):
    read_at, plan = plans.get(code, (0, None))
    if plan is None or now() - read_at >= PLANS_REMEMBERED:
        read_at = now()
        found = dynamodb.get_item(TableName=TABLE, Key={"PK": {"S": "PLANS"}, "SK": {"S": f"PLAN#{code}"}}, ConsistentRead=True)
        if "Item" not in found:
            raise Problem(422, "not-offered", ["/plan/code"])
        plan = json.loads(found["Item"]["plan"]["S"])
        plans[code] = (read_at, plan)
    return plan


def sell(wanted, country):
    """The plan as it is sold, and its terms."""
    plan = load_plan(wanted["code"])
    tariff = next((tariff for tariff in plan["tariffs"] if tariff["country"] == country), None)
    if tariff is None:
        raise Problem(422, "not-offered", ["/plan/code"])
    prices = {option["code"]: option["price"][0] for option in tariff["options"]}
    faults = [f"/plan/options/{place}" for place, option in enumerate(wanted["options"]) if option not in prices]
    if faults:
        raise Problem(422, "not-offered", faults)
    price, signal, currency = tariff["terms"]
    price += sum(prices[option] for option in wanted["options"])
    sold = {"code": plan["code"], "base_platform": plan["base_platform"], "options": wanted["options"]}
    return sold, [price, signal, currency]


@answering
def handler(event):
    who, content = employee(event), body(event)
    key, fingerprint = request_key(event, who, "register-sale", "", content)
    validate(content)
    plan, terms = sell(content["plan"], who["country"])
    sale_id, moment = uuid7(), now()
    customer = {"id": uuid7()} | content["customer"]
    customer_key = digest(customer["email"].lower().encode())
    sale = {
        "id": sale_id,
        "dealership": who["dealership_id"],
        "country": who["country"],
        "registered_by": who["sub"],
        "customer": customer_key,
        "terms": terms,
        "stage": {"SaleRegistered": {"pay_signal_by": moment + WINDOW * 1000}},
        "facts": [["SaleRegistered", moment]],
    }
    details = {
        "customer": customer,
        "plan": plan,
        "delivery": content["delivery"],
        "registered_at": moment,
    }
    pk = {"S": f"SALE#{sale_id}"}
    parts = [
        put(
            {
                "PK": pk,
                "SK": {"S": "SALE"},
                "version": {"N": "1"},
                "status": {"S": "SaleRegistered"},
                "dealership_id": {"S": sale["dealership"]},
                "awaits": {"S": "signal_payment"},
                "state": {"S": state_of(sale)},
            }
        ),
        put({"PK": pk, "SK": {"S": "SALE#DETAILS"}, "details": {"S": json.dumps(details, ensure_ascii=False, separators=(",", ":"))}}),
        put(
            {
                "PK": {"S": f"CUSTOMER#{customer_key}"},
                "SK": {"S": "CUSTOMER"},
                "customer_id": {"S": customer["id"]},
                "full_name": {"S": customer["full_name"]},
                "email": {"S": customer["email"]},
                "language": {"S": customer["language"]},
                "credentials_state": {"S": "owed"},
            }
        ),
        put({"PK": {"S": f"CUSTOMER#{customer_key}"}, "SK": {"S": f"SALE#{sale_id}"}}),
        {
            "Update": {
                "TableName": TABLE,
                "Key": {"PK": {"S": f"DEALERSHIP#{sale['dealership']}"}, "SK": {"S": "UNPAID"}},
                "UpdateExpression": "ADD #all :sale, #own :sale",
                "ConditionExpression": "(attribute_not_exists(#all) OR size(#all) < :dealership)"
                " AND (attribute_not_exists(#own) OR size(#own) < :employee)",
                "ExpressionAttributeNames": {"#all": "sales", "#own": f"of#{who['sub']}"},
                "ExpressionAttributeValues": {
                    ":sale": {"SS": [sale_id]},
                    ":employee": {"N": os.environ["MAX_UNPAID_OF_EMPLOYEE"]},
                    ":dealership": {"N": os.environ["MAX_UNPAID_OF_DEALERSHIP"]},
                },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        },
        put(
            {
                "PK": {"S": f"IDEMPOTENCY#{key}"},
                "SK": {"S": "IDEMPOTENCY"},
                "fingerprint": {"S": fingerprint},
                "sale_id": {"S": sale_id},
                "sold": {"S": json.dumps({"plan": plan, "terms": terms}, separators=(",", ":"))},
                "expires_at": {"N": str(moment // 1000 + REMEMBERED)},
            }
        ),
    ]
    try:
        dynamodb.transact_write_items(TransactItems=parts)
    except ClientError as fault:
        if fault.response["Error"]["Code"] == "TransactionCanceledException":
            raise Problem(409, "contended") from None
        raise
    price, signal, currency = terms
    shown = {"currency": currency, "price": price, "signal": signal, "balance": price - signal}
    answer = {"sale_id": sale_id, "status": "SaleRegistered", "terms": shown} | {name: details[name] for name in ("customer", "plan", "delivery")}
    return 201, answer, {"location": f"/sales/{sale_id}"}


serve(handler)
