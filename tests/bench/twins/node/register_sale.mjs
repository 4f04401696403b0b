// `POST /sales`.
import { GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { serve } from "./runtime.mjs";
import { Problem, TABLE, answering, body, digest, dynamodb, employee, requestKey, stateOf, uuid7 } from "./sales.mjs";

const PLANS_REMEMBERED = Number(process.env.PLANS_REMEMBERED_SECONDS) * 1000;
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
  "/plan/code": CODE,
  "/delivery/to": /^(dealership|customer_address)$/,
};

const at = (content, pointer) => pointer.slice(1).split("/").reduce((part, name) => part?.[name], content);

function validate(content) {
  const faults = Object.entries(FIELDS)
    .filter(([pointer, pattern]) => typeof at(content, pointer) !== "string" || !pattern.test(at(content, pointer)))
    .map(([pointer]) => pointer);
  const options = at(content, "/plan/options");
  if (!Array.isArray(options) || !options.every((option) => typeof option === "string" && CODE.test(option))) faults.push("/plan/options");
  if (faults.length > 0) throw new Problem(422, "invalid-body", faults);
}

const plans = new Map();

async function loadPlan(code) {
  const known = plans.get(code);
  if (known && Date.now() - known.readAt < PLANS_REMEMBERED) return known.plan;
  const readAt = Date.now();
  const Key = { PK: { S: "PLANS" }, SK: { S: `PLAN#${code}` } };
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: TABLE, Key, ConsistentRead: true }));
  if (!Item) throw new Problem(422, "not-offered", ["/plan/code"]);
  const plan = JSON.parse(Item.plan.S);
  plans.set(code, { readAt, plan });
  return plan;
}

/** The plan as it is sold, and its terms. */
async function sell({ code, options }, country) {
  const plan = await loadPlan(code);
  const tariff = plan.tariffs.find((known) => known.country === country);
  if (!tariff) throw new Problem(422, "not-offered", ["/plan/code"]);
  const prices = new Map(tariff.options.map((option) => [option.code, option.price[0]]));
  const faults = options.flatMap((option, place) => (prices.has(option) ? [] : [`/plan/options/${place}`]));
  if (faults.length > 0) throw new Problem(422, "not-offered", faults);
  const [base, signal, currency] = tariff.terms;
  const price = options.reduce((sum, option) => sum + prices.get(option), base);
  return [{ code, base_platform: plan.base_platform, options }, [price, signal, currency]];
}

const put = (Item) => ({
  Put: { TableName: TABLE, Item, ConditionExpression: "attribute_not_exists(PK)", ReturnValuesOnConditionCheckFailure: "ALL_OLD" },
});

const handler = answering(async (event) => {
  const [who, content] = [employee(event), body(event)];
  const [key, fingerprint] = requestKey(event, who, "register-sale", "", content);
  validate(content);
  const [id, now] = [uuid7(), Date.now()];
  const [plan, terms] = await sell(content.plan, who.country);
  const { delivery } = content;
  const customer = { id: uuid7(), ...content.customer };
  const customerKey = digest(customer.email.toLowerCase());
  const sale = {
    id,
    dealership: who.dealership_id,
    country: who.country,
    registered_by: who.sub,
    customer: customerKey,
    terms: terms,
    stage: { SaleRegistered: { pay_signal_by: now + WINDOW * 1000 } },
    facts: [["SaleRegistered", now]],
  };
  const details = { customer, plan, delivery, registered_at: now };
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
    put({ PK: { S: `CUSTOMER#${customerKey}` }, SK: { S: `SALE#${id}` } }),
    {
      Update: {
        TableName: TABLE,
        Key: { PK: { S: `DEALERSHIP#${sale.dealership}` }, SK: { S: "UNPAID" } },
        UpdateExpression: "ADD #all :sale, #own :sale",
        ConditionExpression:
          "(attribute_not_exists(#all) OR size(#all) < :dealership) AND (attribute_not_exists(#own) OR size(#own) < :employee)",
        ExpressionAttributeNames: { "#all": "sales", "#own": `of#${who.sub}` },
        ExpressionAttributeValues: {
          ":sale": { SS: [id] },
          ":employee": { N: process.env.MAX_UNPAID_OF_EMPLOYEE },
          ":dealership": { N: process.env.MAX_UNPAID_OF_DEALERSHIP },
        },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    },
    put({
      PK: { S: `IDEMPOTENCY#${key}` },
      SK: { S: "IDEMPOTENCY" },
      fingerprint: { S: fingerprint },
      sale_id: { S: id },
      sold: { S: JSON.stringify({ plan, terms }) },
      expires_at: { N: String(Math.floor(now / 1000) + REMEMBERED) },
    }),
  ];
  try {
    await dynamodb.send(new TransactWriteItemsCommand({ TransactItems }));
  } catch (fault) {
    throw fault.name === "TransactionCanceledException" ? new Problem(409, "contended") : fault;
  }
  const [price, signal, currency] = terms;
  const shown = { currency, price, signal, balance: price - signal };
  return [201, { sale_id: id, status: "SaleRegistered", terms: shown, customer, plan, delivery }, { location: `/sales/${id}` }];
});

await serve(handler);
