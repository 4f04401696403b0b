// `POST /sales`.
import { TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { serve } from "./runtime.mjs";
import { Problem, TABLE, answering, body, digest, dynamodb, employee, requestKey, stateOf, uuid7 } from "./sales.mjs";

const WINDOW = Number(process.env.SIGNAL_PAYMENT_WINDOW_SECONDS);
const REMEMBERED = 30 * 24 * 60 * 60;
const CODE = /^[A-Z0-9-]{1,32}$/;
const FIELDS = {
  "/customer/full_name": /^.{1,100}$/,
  "/customer/email": /^[^@\s]+@[^@\s]+\.[^@\s]+$/,
  "/customer/phone": /^\+[0-9]{7,15}$/,
  "/customer/language": /^(de|en|es|fr|it|pt)$/,
  "/customer/address/street": /^.{1,120}$/,
  "/customer/address/postal_code": /^[0-9A-Za-z -]{3,10}$/,
  "/customer/address/city": /^.{1,120}$/,
  "/customer/address/country": /^[A-Z]{2}$/,
  "/plan/base_platform": CODE,
  "/payment/currency": /^EUR$/,
  "/delivery/to": /^(dealership|customer_address)$/,
};

const at = (content, pointer) => pointer.slice(1).split("/").reduce((part, name) => part?.[name], content);

function validate(content) {
  const faults = Object.entries(FIELDS)
    .filter(([pointer, pattern]) => typeof at(content, pointer) !== "string" || !pattern.test(at(content, pointer)))
    .map(([pointer]) => pointer);
  const options = at(content, "/plan/options");
  if (!Array.isArray(options) || !options.every((option) => typeof option === "string" && CODE.test(option))) faults.push("/plan/options");
  const [price, signal] = [at(content, "/payment/price"), at(content, "/payment/signal")];
  if (!Number.isInteger(price) || !Number.isInteger(signal) || signal <= 0 || signal >= price) faults.push("/payment/signal");
  if (faults.length > 0) throw new Problem(422, "invalid-body", faults);
}

const put = (Item) => ({
  Put: { TableName: TABLE, Item, ConditionExpression: "attribute_not_exists(PK)", ReturnValuesOnConditionCheckFailure: "ALL_OLD" },
});

const handler = answering(async (event) => {
  const [who, content] = [employee(event), body(event)];
  const [key, fingerprint] = requestKey(event, who, "register-sale", "", content);
  validate(content);
  const [id, now] = [uuid7(), Date.now()];
  const { payment, plan, delivery } = content;
  const customer = { id: uuid7(), ...content.customer };
  const customerKey = digest(customer.email.toLowerCase());
  const sale = {
    id,
    dealership: who.dealership_id,
    country: who.country,
    customer: customerKey,
    terms: [payment.price, payment.signal, payment.currency],
    stage: { SaleRegistered: { pay_signal_by: now + WINDOW * 1000 } },
    facts: [["SaleRegistered", now]],
  };
  const details = { customer, plan, delivery, registered_by: who.sub, registered_at: now };
  const PK = { S: `SALE#${id}` };
  const TransactItems = [
    put({
      PK,
      SK: { S: "SALE" },
      version: { N: "1" },
      status: { S: "SaleRegistered" },
      dealership_id: { S: sale.dealership },
      awaits: { S: "signal_payment" },
      state: { S: stateOf(sale) },
    }),
    put({ PK, SK: { S: "SALE#DETAILS" }, details: { S: JSON.stringify(details) } }),
    put({
      PK: { S: `CUSTOMER#${customerKey}` },
      SK: { S: "CUSTOMER" },
      customer_id: { S: customer.id },
      full_name: { S: customer.full_name },
      email: { S: customer.email },
      language: { S: customer.language },
      credentials_state: { S: "owed" },
    }),
    put({
      PK: { S: `IDEMPOTENCY#${key}` },
      SK: { S: "IDEMPOTENCY" },
      fingerprint: { S: fingerprint },
      sale_id: { S: id },
      expires_at: { N: String(Math.floor(now / 1000) + REMEMBERED) },
    }),
  ];
  try {
    await dynamodb.send(new TransactWriteItemsCommand({ TransactItems }));
  } catch (fault) {
    throw fault.name === "TransactionCanceledException" ? new Problem(409, "contended") : fault;
  }
  return [201, { sale_id: id, status: "SaleRegistered", payment, customer, plan, delivery }, { location: `/sales/${id}` }];
});

await serve(handler);
