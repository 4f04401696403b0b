// `POST /sales/{sale_id}/signal-payment`.
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { serve } from "./runtime.mjs";
import { Problem, answering, body, commit, employee, loadSale, requestKey, saleId, uuid7 } from "./sales.mjs";

const secrets = new SecretsManagerClient({});
let cached = { readAt: -Infinity, key: undefined };

async function secret() {
  if (cached.readAt + 300_000 < performance.now()) {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: process.env.GATEWAY_SECRET_ARN }));
    cached = { readAt: performance.now(), key: JSON.parse(SecretString).current };
  }
  return cached.key;
}

async function charge(sale, attempt) {
  const form = new URLSearchParams({
    amount: sale.terms[1],
    currency: sale.terms[2].toLowerCase(),
    payment_method: attempt.token,
    "payment_method_types[0]": attempt.method === "card" ? "card" : "sepa_debit",
    confirm: "true",
    "metadata[sale_id]": sale.id,
    "metadata[attempt]": attempt.id,
    "metadata[payment]": "signal",
  });
  const headers = { authorization: `Bearer ${await secret()}`, "idempotency-key": attempt.id };
  const signal = AbortSignal.timeout(10_000);
  const answer = await fetch(`${process.env.GATEWAY_URL}/v1/payment_intents`, { method: "POST", headers, body: form, signal });
  const content = await answer.json();
  if (answer.status !== 200 || content.status !== "succeeded") throw new Problem(503, "outcome-unknown");
  return content.id;
}

const handler = answering(async (event) => {
  const [who, name, content] = [employee(event), saleId(event), body(event)];
  const [key, fingerprint] = requestKey(event, who, "pay-signal", name, content);
  const { method, payment_method: token, ...unknown } = content;
  if (!["card", "bank_transfer"].includes(method) || typeof token !== "string" || Object.keys(unknown).length > 0) {
    throw new Problem(422, "invalid-body", ["/method"]);
  }
  const sale = await loadSale(name);
  if (!sale || sale.dealership !== who.dealership_id) throw new Problem(404, "sale-not-found");
  if ((sale.stage.SaleRegistered?.pay_signal_by ?? 0) < Date.now()) throw new Problem(409, "payment-not-due");
  const attempt = { id: uuid7(), key, fingerprint, method, token, started_at: Date.now(), state: "Unknown" };
  sale.signal_attempts = [...(sale.signal_attempts ?? []), attempt];
  await commit(sale, "SaleRegistered", "signal_payment");
  attempt.state = { Captured: await charge(sale, attempt) };
  attempt.answer = "Captured";
  sale.stage = { ReservationPaid: {} };
  sale.facts.push(["ReservationPaid", Date.now()]);
  await commit(sale, "ReservationPaid", undefined);
  const [, amount, currency] = sale.terms;
  return [200, { sale_id: name, attempt_id: attempt.id, payment: "signal", outcome: "captured", currency, amount }];
});

await serve(handler);
