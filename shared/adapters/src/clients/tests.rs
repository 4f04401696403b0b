use super::*;
use std::error::Error;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn settings(endpoint_url: Option<String>) -> AwsSettings {
    AwsSettings {
        function: "get-sale".to_owned(),
        region: "eu-west-1".to_owned(),
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "a hidden key".to_owned(),
        session_token: Some("a hidden token".to_owned()),
        endpoint_url,
        ca_bundle: None,
    }
}

/// What the service does with its next request.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Answer(u16, &'static str),
    AnswerAndHangUp,
    HangUp,
}

/// The connections, and the requests' heads.
type Seen = Arc<Mutex<(usize, Vec<String>)>>;

/// A service that takes these turns, over as many connections as are opened; then it is silent.
async fn service(turns: Vec<Turn>) -> (aws_sdk_dynamodb::Client, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Seen::default();
    let (turns, noted) = (Arc::new(Mutex::new(turns.into_iter())), Arc::clone(&seen));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            noted.lock().unwrap().0 += 1;
            let (turns, noted) = (Arc::clone(&turns), Arc::clone(&noted));
            tokio::spawn(async move {
                let mut buffer = vec![0; 64 * 1024];
                while let Ok(read @ 1..) = stream.read(&mut buffer).await {
                    noted
                        .lock()
                        .unwrap()
                        .1
                        .push(String::from_utf8_lossy(&buffer[..read]).into_owned());
                    let turn = turns.lock().unwrap().next();
                    let Some(turn) = turn else { return std::future::pending().await };
                    let (status, body) = match turn {
                        Turn::HangUp => return,
                        Turn::AnswerAndHangUp => (200, "{}"),
                        Turn::Answer(status, body) => (status, body),
                    };
                    let head = format!(
                        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    stream.write_all(head.as_bytes()).await.unwrap();
                    if matches!(turn, Turn::AnswerAndHangUp) {
                        return;
                    }
                }
            });
        }
    });
    (aws_sdk_dynamodb::Client::new(Aws::new(settings(Some(url))).unwrap().config()), seen)
}

async fn get(client: &aws_sdk_dynamodb::Client) -> Result<(), Box<dyn Error>> {
    let key = aws_sdk_dynamodb::types::AttributeValue::S("1".to_owned());
    Ok(client.get_item().table_name("sales").key("PK", key).send().await.map(drop)?)
}

#[tokio::test]
async fn what_failed_for_the_moment_is_tried_again_and_numbered() {
    let throttled = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}"#;
    for first in [Turn::Answer(500, "{}"), Turn::Answer(400, throttled), Turn::HangUp] {
        let (client, seen) = service(vec![first, Turn::Answer(200, "{}")]).await;
        get(&client).await.unwrap();
        let requests = seen.lock().unwrap().1.clone();
        assert_eq!(requests.len(), 2, "{first:?}");
        for (attempt, request) in (1..).zip(requests) {
            let request = request.to_ascii_lowercase();
            assert!(request.contains(&format!("amz-sdk-request: attempt={attempt}")), "{request}");
            assert!(request.contains("app/get-sale"), "{request}");
        }
    }
}

/// As a function that was frozen meets it.
#[tokio::test]
async fn a_connection_that_was_closed_while_idle_fails_no_call() {
    let (client, seen) = service(vec![Turn::AnswerAndHangUp, Turn::Answer(200, "{}")]).await;
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(seen.lock().unwrap().0, 2);
}

#[tokio::test]
async fn tries_are_bounded_and_refusals_are_final() {
    let (client, seen) = service(vec![Turn::Answer(500, "{}"); 5]).await;
    assert!(get(&client).await.is_err());
    assert_eq!(seen.lock().unwrap().1.len(), 3);

    let refused = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}"#;
    let (client, seen) = service(vec![Turn::Answer(400, refused); 2]).await;
    assert!(get(&client).await.is_err());
    assert_eq!(seen.lock().unwrap().1.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_silent_is_given_up() {
    let (client, _) = service(Vec::new()).await;
    let before = tokio::time::Instant::now();
    assert!(get(&client).await.is_err());
    assert!(before.elapsed() <= OPERATION + ATTEMPT, "{:?}", before.elapsed());
}

#[test]
fn an_endpoint_is_an_address() {
    for good in ["https://localhost:4566", "https://a.test", "http://127.0.0.1:1/"] {
        assert!(endpoint(good).is_ok(), "{good}");
    }
    for bad in
        ["", "localhost:4566", "ftp://localhost", "http://localhost/path", "http://localhost/?a=1"]
    {
        assert!(endpoint(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_roots_are_certificates_and_a_bundle_that_is_none_is_told() {
    for root in AMAZON_ROOTS {
        assert_eq!(root.matches("-----BEGIN CERTIFICATE-----").count(), 1);
        assert!(trusting(Some(root.to_owned())).is_ok());
    }
    let broken = AMAZON_ROOTS[0].replacen("MII", "AAA", 1);
    assert!(trusting(Some(broken)).is_err());
}

#[test]
fn settings_hide_their_secrets() {
    let settings = settings(None);
    let aws = Aws::new(settings.clone()).unwrap();
    let client = aws_sdk_dynamodb::Client::new(aws.config());
    let text = format!("{settings:?} {aws:?} {client:?}");
    assert!(!text.contains("hidden"), "{text}");
}

#[test]
fn what_is_near_the_machine_is_not_public() {
    let public = [
        "1.1.1.1",
        "52.95.110.1",
        "192.0.1.1",
        "2a05:d018::1",
        "2600::1",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
    ];
    let near = [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "192.0.0.8",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2001:db8::1",
        "2001::1",
        "2002:a00:1::",
        "3fff::1",
    ];
    for (addresses, expected) in [(&public[..], true), (&near[..], false)] {
        for address in addresses {
            assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
        }
    }
}

#[test]
fn a_partner_is_at_a_public_host_over_tls() {
    let url = |url, reach| partner_url("factory", url, reach);
    for good in ["https://partner.example", "https://partner.example:8443/api/", "https://1.1.1.1"]
    {
        assert_eq!(url(good, Reach::Public).unwrap(), good.trim_end_matches('/'));
    }
    let near = [
        "https://127.0.0.1",
        "https://2130706433",
        "https://0x7f.1",
        "https://0177.0.0.1/",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
        "https://169.254.169.254/latest",
    ];
    let others = [
        "http://partner.example",
        "https://",
        "partner.example",
        "https://a@partner.example",
        "https://a.example?b",
    ];
    for bad in near.into_iter().chain(others) {
        assert!(url(bad, Reach::Public).is_err(), "{bad}");
    }
    for near in near {
        assert!(url(near, Reach::Anywhere).is_ok(), "{near}");
    }
    assert_eq!(
        url("http://127.0.0.1:1/factory", Reach::Anywhere).unwrap(),
        "http://127.0.0.1:1/factory"
    );
}

#[tokio::test]
async fn nobody_public_is_looked_for_at_a_private_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let client = https("get-sale", Reach::Public).unwrap();
    let error = client.get(url).send().await.unwrap_err();
    let mut causes = std::iter::successors(error.source(), |cause| (*cause).source());
    assert!(causes.any(<dyn Error>::is::<NotPublic>));
    assert!(client.get("http://partner.example").send().await.unwrap_err().is_builder());
}
