use super::*;

/// An upstream that counts what arrives.
async fn upstream() -> (String, Arc<Mutex<u32>>) {
    let arrived = Arc::new(Mutex::new(0));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::clone(&arrived);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let count = Arc::clone(&count);
            let service = service_fn(move |_: Request<Incoming>| {
                *count.lock().unwrap() += 1;
                async {
                    Ok::<_, Dropped>(Response::new(Full::new(Bytes::from_static(b"{\"ok\":true}"))))
                }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    (url, arrived)
}

async fn update_item(proxy: &Proxy) -> reqwest::Result<reqwest::Response> {
    let call =
        client().unwrap().post(proxy.url()).header("x-amz-target", "DynamoDB_20120810.UpdateItem");
    call.header("user-agent", "aws-sdk-rust/1 app/pay-signal os/linux").body("{}").send().await
}

#[tokio::test]
async fn calls_are_noted_by_function_and_operation() {
    let (url, arrived) = upstream().await;
    let proxy = Proxy::start(Target::Cloud, url, Marks::default()).await.unwrap();
    assert_eq!(update_item(&proxy).await.unwrap().text().await.unwrap(), "{\"ok\":true}");
    let calls = proxy.calls();
    assert_eq!(
        (calls[0].function.as_str(), calls[0].operation.as_str()),
        ("pay-signal", "DynamoDB.UpdateItem")
    );
    assert_eq!(*arrived.lock().unwrap(), 1);
}

#[tokio::test]
async fn each_fault_is_what_it_says() {
    for (fault, status, arrivals) in [
        (Fault::Drop, None, 0),
        (Fault::LoseAnswer, None, 1),
        (Fault::Fail, Some(500), 0),
        (Fault::Throttle, Some(429), 0),
        (Fault::Delay(std::time::Duration::from_millis(1)), Some(200), 1),
        (Fault::Duplicate, Some(200), 2),
    ] {
        let (url, arrived) = upstream().await;
        let proxy = Proxy::start(Target::Cloud, url, Marks::default()).await.unwrap();
        proxy.inject(Rule::next("pay-signal", "DynamoDB.UpdateItem", fault).after(1));
        update_item(&proxy).await.unwrap();
        let answer = update_item(&proxy).await;
        assert_eq!(answer.ok().map(|answer| answer.status().as_u16()), status, "{fault:?}");
        assert_eq!(*arrived.lock().unwrap(), arrivals + 1, "{fault:?}");
        assert!(update_item(&proxy).await.is_ok(), "{fault:?} strikes once");
        assert_eq!(proxy.calm(), []);
    }
}

#[tokio::test]
async fn a_rule_that_met_no_call_is_told() {
    let (url, _) = upstream().await;
    let proxy = Proxy::start(Target::Gateway, url, Marks::default()).await.unwrap();
    proxy.inject(Rule::next("pay-signal", "POST /v1/payment_intents", Fault::Drop));
    assert_eq!(proxy.calm().len(), 1);
}

#[tokio::test]
async fn a_fault_is_aimed_at_one_sale_and_strikes_every_try_on_request() {
    let (url, arrived) = upstream().await;
    let marks = Marks::default();
    marks.know("ana@example.com", "ana");
    let proxy = Proxy::start(Target::Cloud, url, marks).await.unwrap();
    let call = async |attempt: u32, body: &'static str| {
        let call = client()
            .unwrap()
            .post(proxy.url())
            .header("x-amz-target", "DynamoDB_20120810.UpdateItem");
        let call = call
            .header("user-agent", "app/pay-signal")
            .header("amz-sdk-request", format!("attempt={attempt}; max=3"));
        call.body(body).send().await.unwrap().status().as_u16()
    };
    // A call that has the address in it tells the sale's id, too.
    assert_eq!(
        call(1, r#"{"PK":"SALE#01936d3c-7d2b-7b4c-8d8e-000000000001","email":"ana@example.com"}"#)
            .await,
        200
    );
    let rule = Rule::next("pay-signal", "DynamoDB.UpdateItem", Fault::Fail)
        .about("ana")
        .after(1)
        .at(Tries::Every);
    proxy.inject(rule);
    let hers = r#"{"PK":"SALE#01936d3c-7d2b-7b4c-8d8e-000000000001"}"#;
    for (attempt, body, status) in [
        (1, hers, 200),
        (1, "{}", 200),
        (1, hers, 500),
        (2, hers, 500),
        (3, hers, 500),
        (1, hers, 200),
    ] {
        assert_eq!(call(attempt, body).await, status);
    }
    assert_eq!(*arrived.lock().unwrap(), 4);
    assert_eq!(proxy.calls().iter().filter(|call| call.about.as_deref() == Some("ana")).count(), 6);
}

#[tokio::test]
async fn a_late_call_arrives_although_its_caller_has_gone() {
    let (url, arrived) = upstream().await;
    let proxy = Proxy::start(Target::Cloud, url, Marks::default()).await.unwrap();
    let late = std::time::Duration::from_secs(2);
    proxy.inject(Rule::next("pay-signal", "DynamoDB.UpdateItem", Fault::Delay(late)));
    let call =
        client().unwrap().post(proxy.url()).header("x-amz-target", "DynamoDB_20120810.UpdateItem");
    let call = call.header("user-agent", "app/pay-signal").body("{}").timeout(late / 3);
    assert!(call.send().await.is_err_and(|fault| fault.is_timeout()));
    let comes = async {
        while *arrived.lock().unwrap() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(late * 10, comes).await.unwrap();
}
