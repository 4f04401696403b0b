//! Good requests, messages and keys, which inputs are made from.

pub(super) const SALE: &str = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e";

pub(super) const FACTORY_KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

pub(super) const GATEWAY_KEY: &str = "whsec_gateway";

pub(super) const SALE_BODY: &str = r#"{"customer":{"full_name":"Ana Example","email":"ana@example.com","phone":"+34600000000","language":"es","address":{"street":"Calle Mayor 1","postal_code":"28013","city":"Madrid","country":"ES"}},"plan":{"code":"CITY","options":["GPS"]},"vehicle_id":"WVWZZZE1ZMP012345","delivery":{"to":"dealership"}}"#;

pub(super) const PLAN_BODY: &str = r#"{"base_platform":"CITY-E","names":{"es":"City eléctrico","de":"City"},"options":[{"code":"GPS","names":{"es":"Navegador"}}],"tariffs":[{"country":"ES","currency":"EUR","price":3200000,"signal":100000,"options":[{"code":"GPS","price":50000}]},{"country":"PT","currency":"EUR","price":3300000,"signal":100000,"options":[]}]}"#;

pub(super) const FACTORY_BODY: &str = r#"{"type":"order.status_changed","timestamp":"2026-03-02T09:00:00Z","data":{"order_id":"F-1","reference":"01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e","status":"AtDealership","vehicle_id":"WVWZZZE1ZMP012345","estimated_delivery":"2026-09-30","reason":"faltan cristales"}}"#;

pub(super) const GATEWAY_BODY: &str = r#"{"id":"evt_1","object":"event","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","object":"payment_intent","amount":100000,"amount_received":100000,"currency":"eur","status":"succeeded","metadata":{"sale_id":"01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e","attempt":"01936d3c-7d2b-7b4c-8d8e-000000000001","payment":"signal"}}}}"#;

pub(super) const EVENT: &str = r#"{"version":"2.0","routeKey":"POST /sales","rawPath":"/sales/01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e","rawQueryString":"limit=5&cursor=abc","cookies":["__Host-session=abc"],"headers":{"content-type":"application/json","host":"api.example","idempotency-key":"k-1","x-forwarded-proto":"https"},"pathParameters":{"sale_id":"01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e","plan_code":"CITY"},"body":"eyJyZWFzb24iOiJ4In0=","isBase64Encoded":true,"requestContext":{"accountId":"1","apiId":"a","domainName":"d","domainPrefix":"d","requestId":"r","routeKey":"k","stage":"$default","time":"02/Mar/2026:09:00:00 +0000","timeEpoch":0,"http":{"method":"POST","path":"/sales","protocol":"HTTP/1.1","sourceIp":"2001:db8::1","userAgent":"t"},"authorizer":{"jwt":{"claims":{"sub":"e-1","dealership_id":"MAD-01","country":"ES","roles":"[sales dealership-manager product]"},"scopes":null}}}}"#;
