"""Compares the parameters of calls with those that Stripe's official client has types for: `typed_parameters.py FILE`, a JSON
object of operations (`POST /v1/refunds`), each with the names of its parameters as they were sent (`metadata[sale_id]`)."""

import json
import re
import sys

import stripe.params
import stripe.params.checkout


def types_of(operation):
    """The name of the operation's parameters, as the client's naming has it."""
    method, path = operation.split()
    steps = path.removeprefix("/v1/").removeprefix("checkout/").split("/")
    named = [step for step in steps if step != "{id}"]
    singular = lambda word: "".join(part.capitalize() for part in word.removesuffix("s").split("_"))
    if steps[-1] == "{id}":
        verb = {"GET": "Retrieve", "POST": "Update", "DELETE": "Delete"}[method]
        return [singular(named[0]) + verb]
    name = "".join(singular(step) for step in named)
    if len(named) == 2:
        # `payment_intents/{id}/cancel` does something, `customers/{id}/cash_balance` is something.
        return [name, name + "Retrieve"]
    return [name + {"GET": "List", "POST": "Create"}[method]]


def typed(operation):
    module = stripe.params.checkout if "/checkout/" in operation else stripe.params
    names = [name + "Params" for name in types_of(operation)]
    # An object's own change is `Modify` where a service's is `Update`.
    names += [name.replace("Update", "Modify") for name in names]
    for name in names:
        try:
            return getattr(module, name)
        except AttributeError:
            continue
    sys.exit(f"{operation}: the client has none of {names}")


def knows(kind, keys):
    """Whether this dictionary's type has a parameter of these nested keys."""
    first, *rest = keys
    note = kind.__annotations__.get(first)
    if note is None:
        return False
    rest = [key for key in rest if not key.isdigit() and key]
    text = getattr(note, "__forward_arg__", None) or str(note)
    if not rest or "Dict[" in text:
        return True
    home = sys.modules[kind.__module__]
    inner = [getattr(home, name) for name in re.findall(r"\w+", text) if hasattr(home, name)]
    return any(hasattr(one, "__total__") and knows(one, rest) for one in inner)


with open(sys.argv[1]) as file:
    operations = json.load(file)
unknown = []
count = 0
for operation, names in operations.items():
    kind = typed(operation)
    for name in names:
        count += 1
        keys = re.findall(r"[^\[\]]+", name)
        if not knows(kind, keys):
            unknown.append(f"{operation}: {name}")
if unknown or not count:
    sys.exit("\n".join(["parameters that the official client doesn't know:", *unknown]))
print(f"{count} parameters of {len(operations)} operations are known to the official client")
