"""`POST /sales/{sale_id}/signal-payment`."""

from gateway import charge, new_attempt
from runtime import serve
from sales import Problem, answering, body, commit, employee, load_sale, now, request_key, sale_id


@answering
def handler(event):
    who, sale_name, content = employee(event), sale_id(event), body(event)
    attempt = new_attempt(content, *request_key(event, who, "pay-signal", sale_name, content))
    sale = load_sale(sale_name)
    if sale is None or sale["dealership"] != who["dealership_id"]:
        raise Problem(404, "sale-not-found")
    if sale["stage"].get("SaleRegistered", {}).get("pay_signal_by", 0) < now():
        raise Problem(409, "payment-not-due")
    sale.setdefault("signal_attempts", []).append(attempt)
    commit(sale, "SaleRegistered", "signal_payment")
    attempt["state"] = {"Captured": charge(sale, attempt, "signal", sale["terms"][1])}
    attempt["answer"] = "Captured"
    sale["stage"] = {"ReservationPaid": {}}
    sale["facts"].append(["ReservationPaid", now()])
    commit(sale, "ReservationPaid", None)
    answer = {"sale_id": sale_name, "attempt_id": attempt["id"], "payment": "signal", "outcome": "captured"}
    return 200, answer | {"currency": sale["terms"][2], "amount": sale["terms"][1]}, {}


serve(handler)
