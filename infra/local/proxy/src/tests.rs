use super::*;
use http::StatusCode;

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
                async { Ok::<_, Dropped>(Response::new(Full::new(Bytes::from_static(b"{\"ok\":true}")))) }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    (url, arrived)
}

async fn update_item(proxy: &Proxy) -> reqwest::Result<reqwest::Response> {
    let call = client().unwrap().post(proxy.url()).header("x-amz-target", "DynamoDB_20120810.UpdateItem");
    call.header("user-agent", "aws-sdk-rust/1 app/pay-signal os/linux").body("{}").send().await
}

#[tokio::test]
async fn calls_are_noted_by_function_and_operation() {
    let (url, arrived) = upstream().await;
    let proxy = Proxy::start(Target::Cloud, url).await.unwrap();
    assert_eq!(update_item(&proxy).await.unwrap().text().await.unwrap(), "{\"ok\":true}");
    let calls = proxy.calls();
    assert_eq!((calls[0].function.as_str(), calls[0].operation.as_str()), ("pay-signal", "DynamoDB.UpdateItem"));
    assert_eq!(*arrived.lock().unwrap(), 1);
}

#[tokio::test]
async fn each_fault_is_what_it_says() {
    for (fault, status, arrivals) in [
        (Fault::Drop, None, 0),
        (Fault::LoseAnswer, None, 1),
        (Fault::Fail(StatusCode::SERVICE_UNAVAILABLE), Some(503), 0),
        (Fault::Delay(std::time::Duration::from_millis(1)), Some(200), 1),
        (Fault::Duplicate, Some(200), 2),
    ] {
        let (url, arrived) = upstream().await;
        let proxy = Proxy::start(Target::Cloud, url).await.unwrap();
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
    let proxy = Proxy::start(Target::Gateway, url).await.unwrap();
    proxy.inject(Rule::next("pay-signal", "POST /v1/payment_intents", Fault::Drop));
    assert_eq!(proxy.calm().len(), 1);
}
