//! `cargo xtask run`: the local stack, kept up, and how to use it.

use crate::demo::GOOD_CARD;
use crate::settings::Settings;
use crate::stack::Stack;
use anyhow::Result;
use std::time::Duration;
use tools::narrator::Narrator;

/// Starts the stack, says how to use it, and stays until it is told to stop.
pub async fn run() -> Result<()> {
    let narrator = Narrator::default();
    let mut stack = Stack::start(&Settings::default(), &narrator).await?;
    println!("{}", guide(&stack));
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stack.check_processes()?;
    }
}

fn guide(stack: &Stack) -> String {
    let (api, partners, cloud) = (&stack.api_url, stack.partners.url(), stack.cloud.url());
    let (gateway, logs) = (&stack.gateway_url, stack.folder().display());
    let sale = crate::demo::sale("ana@example.com");
    let (documents, prepared) =
        (serde_json::json!({ "documents": crate::demo::documents() }), crate::demo::prepared());
    format!(
        r#"
The stack is up. Ctrl-C stops all of it.

  Desk       {api}/desk      (the dealership's people: log in as whoever you like)
  Portal     {api}/portal/login
  API        {api}
  Mails      {cloud}/_ministack/ses/messages
  Partners   {partners}/_control      (factory, registries, issuer: what they can be told)
  Gateway    {gateway}                (payment methods as at Stripe; secret key sk_test_local)
  Logs       {logs}

Paste these in a shell, in this order:

  API={api}
  # The token of somebody who sells, and runs the dealership
  TOKEN=$(curl -s {partners}/issuer/token -H 'content-type: application/json' \
    -d '{{"sub":"e-17","roles":["sales","dealership-manager"],"dealership_id":"MAD-01","country":"ES"}}' | python3 -c 'import json,sys; print(json.load(sys.stdin)["access_token"])')

  # See what is sold, and for how much
  curl -s $API/plans -H "authorization: Bearer $TOKEN" | python3 -m json.tool

  # Register a sale
  SALE=$(curl -s $API/sales -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -H "idempotency-key: sale-$RANDOM" \
    -d '{sale}' | tee /dev/stderr | python3 -c 'import json,sys; print(json.load(sys.stdin)["sale_id"])')

  # Pay the señal; the factory order goes out by itself
  curl -s $API/sales/$SALE/signal-payment -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \
    -H "idempotency-key: signal-$SALE" -d '{{"method":"card","payment_method":"{GOOD_CARD}"}}'

  # See the sale
  curl -s $API/sales/$SALE -H "authorization: Bearer $TOKEN" | python3 -m json.tool

  # The factory builds the vehicle and brings it to the dealership (signed webhooks to $API/webhooks/factory)
  ORDER=$(curl -s $API/sales/$SALE -H "authorization: Bearer $TOKEN" | python3 -c 'import json,sys; print(json.load(sys.stdin)["order"]["order_id"])')
  curl -s {partners}/_control/orders/$ORDER/advance -H 'content-type: application/json' -d '{{"to":"AvailableForCustomer"}}'

  # Pay the rest within 15 minutes, or the vehicle is sin asignar
  curl -s $API/sales/$SALE/final-payment -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \
    -H "idempotency-key: final-$SALE" -d '{{"method":"card","payment_method":"{GOOD_CARD}"}}'

  # Put on file what the authority wants; the registration goes on by itself
  curl -s $API/sales/$SALE/documents -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{documents}'

  # Once it has its plates: prepare the vehicle, set the day, and hand the sale over
  curl -s $API/sales/$SALE/delivery -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{prepared}'

  # A webhook that nobody signed is refused; so is one of the gateway's
  curl -s $API/webhooks/factory -H 'content-type: application/json' -d '{{}}'
  curl -s $API/webhooks/payments -H 'content-type: application/json' -d '{{}}'
"#
    )
}
