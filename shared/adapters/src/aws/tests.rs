use super::*;
use crate::dynamo::DYNAMODB;
use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn clock() -> Timestamp {
    "2015-08-30T12:36:00Z".parse().unwrap()
}

fn settings(endpoint_url: Option<String>) -> AwsSettings {
    AwsSettings {
        function: "get-sale".to_owned(),
        region: "eu-west-1".to_owned(),
        access_key_id: "key-id".to_owned(),
        secret_access_key: "hidden".to_owned(),
        session_token: Some("hidden".to_owned()),
        endpoint_url,
        ca_bundle: None,
        clock,
    }
}

/// What a service does with a request.
enum Turn {
    Answer(u16, &'static str),
    AnswerAndHangUp,
    HangUp,
}

/// A service that does so in turn, and says how many connections and requests it saw.
async fn service(turns: Vec<Turn>) -> (Client, Arc<Mutex<(usize, Vec<String>)>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Aws::new(settings(Some(format!("http://{}", listener.local_addr().unwrap())))).unwrap().client(&DYNAMODB);
    let seen = Arc::new(Mutex::new((0, Vec::new())));
    let (noted, mut turns) = (Arc::clone(&seen), VecDeque::from(turns));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            noted.lock().unwrap().0 += 1;
            loop {
                let mut request = String::new();
                // Every call's parameters end in `}`, no header does.
                while !request.ends_with('}') {
                    let mut bytes = [0; 4096];
                    let count = stream.read(&mut bytes).await.unwrap_or(0);
                    if count == 0 {
                        break;
                    }
                    request.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
                }
                if request.is_empty() {
                    break;
                }
                noted.lock().unwrap().1.push(request);
                let (status, body, is_last) = match turns.pop_front() {
                    Some(Turn::Answer(status, body)) => (status, body, false),
                    Some(Turn::AnswerAndHangUp) => (200, "{}", true),
                    Some(Turn::HangUp) | None => break,
                };
                let length = body.len();
                let answer = format!("HTTP/1.1 {status} X\r\nx-amzn-requestid: r-1\r\ncontent-length: {length}\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).await.unwrap();
                if is_last {
                    break;
                }
            }
        }
    });
    (client, seen)
}

async fn get(client: &Client) -> Result<Bytes, CallFault> {
    client.call("GetItem", &serde_json::json!({ "TableName": "sales" })).await
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_call() {
    let (client, seen) = service(vec![Turn::Answer(200, "{}"), Turn::Answer(200, "{\"Item\":{}}")]).await;
    assert_eq!(get(&client).await.unwrap(), "{}");
    assert_eq!(get(&client).await.unwrap(), "{\"Item\":{}}");
    let (connections, requests) = &*seen.lock().unwrap();
    assert_eq!((*connections, requests.len()), (1, 2));
    let request = requests[0].to_lowercase();
    for line in [
        "post / http/1.1",
        "user-agent: app/get-sale",
        "content-type: application/x-amz-json-1.0",
        "x-amz-date: 20150830t123600z",
        "x-amz-security-token: hidden",
        "x-amz-target: dynamodb_20120810.getitem",
        "authorization: aws4-hmac-sha256 credential=key-id/20150830/eu-west-1/dynamodb/aws4_request, \
         signedheaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, signature=",
    ] {
        assert!(request.contains(line), "{line} in {request}");
    }
}

#[tokio::test]
async fn what_passes_by_itself_is_tried_again() {
    const THROTTLED: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}"#;
    for turn in [Turn::HangUp, Turn::Answer(500, ""), Turn::Answer(503, ""), Turn::Answer(400, THROTTLED)] {
        let (client, seen) = service(vec![turn, Turn::Answer(200, "{}")]).await;
        assert!(get(&client).await.is_ok());
        let (_, requests) = &*seen.lock().unwrap();
        assert_eq!(requests.len(), 2);
        for (attempt, request) in (1..).zip(requests) {
            assert!(request.contains(&format!("amz-sdk-request: attempt={attempt}; max=3")), "{request}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_replaced() {
    let (client, seen) = service(vec![Turn::Answer(200, "{}"), Turn::HangUp, Turn::Answer(200, "{}")]).await;
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(seen.lock().unwrap().0, 2);
}

/// As a function that was frozen meets it.
#[tokio::test]
async fn a_connection_that_was_closed_while_idle_costs_no_try() {
    let (client, seen) = service(vec![Turn::AnswerAndHangUp, Turn::Answer(200, "{}")]).await;
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    let (connections, requests) = &*seen.lock().unwrap();
    assert_eq!((*connections, requests.len()), (2, 2));
    assert!(requests[1].contains("amz-sdk-request: attempt=1; max=3"), "{}", requests[1]);
}

#[tokio::test]
async fn tries_are_bounded_and_refusals_are_final() {
    let (client, seen) = service(vec![Turn::Answer(500, ""), Turn::Answer(500, ""), Turn::Answer(500, "")]).await;
    assert!(matches!(get(&client).await, Err(CallFault::Refused(refusal)) if refusal.status == 500));
    assert_eq!(seen.lock().unwrap().1.len(), 3);

    let refused = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"hidden"}"#;
    let (client, seen) = service(vec![Turn::Answer(400, refused)]).await;
    let fault = get(&client).await.unwrap_err();
    assert!(fault.is("ConditionalCheckFailedException") && !format!("{fault:?}").contains("hidden"));
    assert_eq!(seen.lock().unwrap().1.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_silent_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = Aws::new(settings(Some(url))).unwrap().client(&DYNAMODB);
    let before = tokio::time::Instant::now();
    assert!(matches!(get(&client).await, Err(CallFault::TimedOut)));
    assert!(before.elapsed() <= OPERATION + ATTEMPT);
}

#[test]
fn an_endpoint_is_an_address() {
    assert!(endpoint("https://localhost:4566").is_some_and(|endpoint| format!("{endpoint:?}").contains("4566")));
    assert_eq!(endpoint("https://a.test"), Some(Endpoint::secure("a.test".to_owned())));
    for bad in ["", "localhost:4566", "ftp://localhost", "http://localhost/path", "http://localhost/?a=1"] {
        assert_eq!(endpoint(bad), None, "{bad}");
    }
    let made = |function: &str, endpoint: Option<&str>| {
        Aws::new(AwsSettings { function: function.to_owned(), ..settings(endpoint.map(str::to_owned)) }).map(drop)
    };
    assert_eq!(made("get sale", None), Err(AwsFault::FunctionName));
    assert_eq!(made("get-sale", Some("localhost")), Err(AwsFault::Endpoint));
}

#[test]
fn the_roots_are_certificates_and_a_bundle_replaces_them() {
    for pem in ROOTS {
        assert_eq!(pem.matches("-----BEGIN CERTIFICATE-----").count(), 1);
    }
    assert!(tls(None).is_ok() && tls(Some(ROOTS[0])).is_ok());
    let broken = ROOTS[0].replacen("MII", "AAA", 1);
    assert_eq!(tls(Some(&broken)).map(drop), Err(AwsFault::Tls));
}

#[test]
fn settings_hide_their_secrets() {
    let settings = settings(None);
    let text = format!("{settings:?} {:?}", Aws::new(settings.clone()).unwrap().client(&DYNAMODB));
    assert!(!text.contains("hidden"), "{text}");
}
