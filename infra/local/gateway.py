"""The local gateway. Its books are in the file that BOOKS names, so that they outlive the process and meet no other run's;
without BOOKS they are in memory only, where localstripe alone would write all of them to /tmp at each change. A payment method
that it doesn't know is refused as Stripe does it, by the parameter's name."""

import builtins
import os
import sys

import parent
from localstripe import resources, server

books = os.environ.get("BOOKS")
if books:
    resources.open = lambda _, mode: builtins.open(books, mode)
else:
    resources.Store.dump_to_disk = lambda _: None
    sys.argv.append("--from-scratch")

begin = resources.PaymentIntent.__init__


def begin_with_a_known_payment_method(self, payment_method=None, **parameters):
    known = payment_method is None or resources.store.get(f"payment_method:{payment_method}")
    if not known:
        fault = {"code": "resource_missing", "param": "payment_method"}
        raise resources.UserError(400, "No such PaymentMethod", fault)
    begin(self, payment_method=payment_method, **parameters)


resources.PaymentIntent.__init__ = begin_with_a_known_payment_method

parent.end_with_it()
server.start()
