//! Writes whose answer is lost on the way: AWS's client sends them again by itself, and what it meets
//! then is its own first write.

use crate::{TABLE, Table};
use adapters::{Aws, AwsSettings, DynamoSales};
use domain::account::{Access, AccountStore, MailedToken, TokenDigest};
use domain::ports::{CustomerStore, Registered, SaleStore, StoredCredentials};
use domain::sale::Command;
use jiff::SignedDuration;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::contract::{Outcome, Sample, after, registered_at};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The table by way of somebody who swallows the next answers, one for each that is set.
async fn behind_a_thief(table: &Table) -> Result<(DynamoSales, Arc<AtomicUsize>), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint_url = Some(format!("http://{}", listener.local_addr()?));
    let to_lose = Arc::new(AtomicUsize::new(0));
    let (address, left) = (table.address.clone(), Arc::clone(&to_lose));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            if let Ok(server) = TcpStream::connect(&address).await {
                tokio::spawn(pass(client, server, Arc::clone(&left)));
            }
        }
    });
    let settings = AwsSettings { endpoint_url, ..crate::settings(&table.address) };
    Ok((DynamoSales::new(&Aws::new(settings)?, TABLE.to_owned()), to_lose))
}

async fn pass(
    client: TcpStream,
    server: TcpStream,
    to_lose: Arc<AtomicUsize>,
) -> std::io::Result<()> {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let upwards =
        tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut bytes = Vec::with_capacity(1 << 16);
    while from_server.read_buf(&mut bytes).await? > 0 {
        if to_lose
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .is_ok()
        {
            upwards.abort();
            return Ok(());
        }
        to_client.write_all(&bytes).await?;
        bytes.clear();
    }
    Ok(())
}

/// Protects the customer: a sale whose registration was carried out is registered, though the answer to
/// the first attempt never came.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_that_is_sent_again_is_the_first_one() -> Outcome {
    let (table, sample) = (Table::new().await?, Sample::new()?);
    let (store, to_lose) = behind_a_thief(&table).await?;
    for lost in [1, 2] {
        to_lose.store(lost, Ordering::SeqCst);
        let registered = store.register(sample.registration()).await?;
        let expected = if lost == 1 { Registered::Stored } else { sample.repeated() };
        assert_eq!((registered, to_lose.load(Ordering::SeqCst)), (expected, 0));
    }
    Ok(())
}

/// Protects a decision: its commit is no conflict with itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_is_sent_again_is_no_conflict() -> Outcome {
    let (table, sample) = (Table::new().await?, Sample::new()?);
    let (store, to_lose) = behind_a_thief(&table).await?;
    store.register(sample.registration()).await?;
    let late = registered_at().checked_add(SignedDuration::from_hours(24 * 30))?;
    let lapsed = after(&sample.sale, [Command::Lapse], late)?.pop().ok_or("no step")?;
    to_lose.store(1, Ordering::SeqCst);
    store.commit(&lapsed, None).await?;
    assert_eq!(to_lose.load(Ordering::SeqCst), 0);
    assert_eq!(store.sale(sample.sale.id).await?, Some(lapsed));
    Ok(())
}

/// Protects a customer who activates an account, or sets a password anew: what was done is not
/// refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_sent_again_is_set() -> Outcome {
    let (table, sample) = (Table::new().await?, Sample::new()?);
    let (store, to_lose) = behind_a_thief(&table).await?;
    store.register(sample.registration()).await?;
    let (customer, at) = (&sample.sale.customer, registered_at());
    let (password_hash, token) = ("initial".to_owned(), TokenDigest::of("t"));
    let activation_token_digest = token.as_str().to_owned();
    let expires_at = at;
    let pair = StoredCredentials { password_hash, activation_token_digest, expires_at };
    store.store_credentials(customer, &pair).await?;
    let pair = Access::Invited { initial_password_hash: pair.password_hash, token, expires_at };
    let text = MailedToken::text(customer, &"a".repeat(MailedToken::SECRET));
    let reset = MailedToken::parse(&text).ok_or("no token")?;
    to_lose.store(1, Ordering::SeqCst);
    assert!(store.activate(customer, &pair, "own", at).await?);
    to_lose.store(1, Ordering::SeqCst);
    assert!(store.store_reset(customer, &reset.digest, at).await?);
    to_lose.store(1, Ordering::SeqCst);
    assert!(store.reset_password(&reset, "new", at).await?);
    assert_eq!(to_lose.load(Ordering::SeqCst), 0);
    Ok(())
}
