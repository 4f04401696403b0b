//! An employee at the desk, with a browser that runs no scripts and follows nothing by itself.

use crate::World;
use anyhow::{Context, Result, bail, ensure};
use reqwest::{Client, RequestBuilder, Url};
use std::collections::BTreeMap;

/// A page as it came.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) status: u16,
    pub(super) body: String,
    /// Where it leads, if it leads anywhere.
    pub(super) to: String,
    /// The cookie that it sets, without its attributes.
    cookie: String,
}

impl Shown {
    /// Fails unless the status is this one.
    pub(super) fn expect(self, status: u16) -> Result<Self> {
        if self.status != status {
            bail!("{status} was expected: {} {} {}", self.status, self.to, self.body);
        }
        Ok(self)
    }

    /// The value of the hidden key in the form that is sent here.
    pub(super) fn key(&self, action: &str) -> Result<String> {
        let (_, form) = self.body.split_once(action).context("there is no such form")?;
        let (_, key) = form.split_once("name=\"key\" value=\"").context("the form has no key")?;
        Ok(key.split('"').next().unwrap_or_default().to_owned())
    }
}

/// An employee at the desk.
pub(super) struct Clerk {
    client: Client,
    desk: String,
    /// The site that the browser says its forms are from.
    origin: String,
    cookie: String,
}

impl Clerk {
    /// Somebody who isn't logged in.
    pub(super) fn nobody(world: &World) -> Result<Self> {
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let desk = world.desk("");
        let origin = Url::parse(&desk)?.origin().ascii_serialization();
        Ok(Self { client: client.build()?, desk, origin, cookie: String::new() })
    }

    /// Somebody with these roles, logged in by the issuer's page.
    pub(super) async fn of(world: &World, dealership: &str, roles: &str) -> Result<Self> {
        let mut clerk = Self::nobody(world)?;
        let (waits, answer) = clerk.answer(dealership, roles).await?;
        let page = clerk.opens(&answer, &waits).await?.expect(200)?;
        ensure!(page.cookie.starts_with("__Host-desk="), "{page:?}");
        clerk.cookie = page.cookie;
        Ok(clerk)
    }

    /// Goes to the issuer's page and logs in there: the cookie that waits, and the answer's address.
    pub(super) async fn answer(&self, dealership: &str, roles: &str) -> Result<(String, String)> {
        let begun = self.get("begin").await?.expect(303)?;
        let page = Url::parse(&begun.to)?;
        let asked: BTreeMap<String, String> = page.query_pairs().into_owned().collect();
        let who =
            [("sub", "e-17"), ("roles", roles), ("dealership_id", dealership), ("country", "ES")];
        let who = who.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let form: Vec<(String, String)> = asked.into_iter().chain(who).collect();
        let mut action = page;
        action.set_query(None);
        let answer = shown(self.client.post(action).form(&form)).await?.expect(303)?;
        Ok((begun.cookie, answer.to))
    }

    /// Opens an address with this cookie.
    pub(super) async fn opens(&self, address: &str, cookie: &str) -> Result<Shown> {
        shown(self.client.get(address).header("cookie", cookie)).await
    }

    /// Opens a page of the desk.
    pub(super) async fn get(&self, page: &str) -> Result<Shown> {
        self.opens(&format!("{}{page}", self.desk), &self.cookie).await
    }

    /// Sends a form of the desk.
    pub(super) async fn send(&self, page: &str, fields: &[(&str, &str)]) -> Result<Shown> {
        self.send_from(&self.origin, page, fields).await
    }

    /// Sends a form as a page of this site would.
    pub(super) async fn send_from(
        &self,
        origin: &str,
        page: &str,
        fields: &[(&str, &str)],
    ) -> Result<Shown> {
        let request = self.client.post(format!("{}{page}", self.desk)).form(fields);
        shown(request.header("cookie", &self.cookie).header("origin", origin)).await
    }
}

async fn shown(request: RequestBuilder) -> Result<Shown> {
    let answer = request.send().await?;
    let header = |name: &str| {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (to, cookie) = (header("location"), header("set-cookie"));
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    Ok(Shown { status: answer.status().as_u16(), to, cookie, body: answer.text().await? })
}
