"""`POST /sales/{sale_id}/final-payment`."""

from gateway import charge, new_attempt
from runtime import serve
from sales import Problem, answering, body, commit, employee, load_sale, now, request_key, sale_id


@answering
def handler(event):
    who, sale_name, content = employee(event), sale_id(event), body(event)
    attempt = new_attempt(content, *request_key(event, who, "make-final-payment", sale_name, content))
    sale = load_sale(sale_name)
    if sale is None or sale["dealership"] != who["dealership_id"]:
        raise Problem(404, "sale-not-found")
    pending = sale["stage"].get("FinalPaymentPending")
    if pending is None or pending["pay_by"] < now():
        raise Problem(409, "payment-not-due")
    price, signal, currency = sale["terms"]
    sale.setdefault("balance_attempts", []).append(attempt)
    commit(sale, "FinalPaymentPending", "final_payment")
    attempt["state"] = {"Captured": charge(sale, attempt, "balance", price - signal)}
    attempt["answer"] = "Captured"
    sale["stage"] = {"PaymentReceived": {"order": pending["order"], "vehicle": pending["vehicle"], "registration_requested": False}}
    sale["facts"].append(["PaymentReceived", now()])
    commit(sale, "PaymentReceived", None)
    answer = {"sale_id": sale_name, "attempt_id": attempt["id"], "payment": "balance", "outcome": "captured"}
    return 200, answer | {"currency": currency, "amount": price - signal}, {}


serve(handler)
