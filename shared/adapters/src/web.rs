//! HTTPS for a library that speaks a protocol of the web, as `OpenID` Connect: whatever it asks for
//! goes through the client that partners have, to addresses that are checked as theirs are.

use crate::clients::{self, ClientError, Reach};
use crate::partner::answer;
use domain::ports::PartnerError;
use http::{Request, Response};
use reqwest::Client;

/// A caller of the web. Make one a process: it keeps its connections.
#[derive(Debug)]
pub struct Web {
    name: &'static str,
    client: Client,
    reach: Reach,
}

impl Web {
    /// For calls to `name`, which the log says, by a function. Opens no connection.
    pub fn new(
        name: &'static str,
        function: &'static str,
        reach: Reach,
    ) -> Result<Self, ClientError> {
        Ok(Self { name, client: clients::https(function, reach)?, reach })
    }

    /// Calls once. No answer, or one that is too long, is [`PartnerError`], and in the log.
    pub async fn call(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, PartnerError> {
        let name = self.name;
        let place = clients::partner_place(&request.uri().to_string(), self.reach);
        if !place {
            tracing::warn!(partner = name, outcome = "not at a public address", "a call failed");
            return Err(PartnerError);
        }
        let answered = async {
            let request = reqwest::Request::try_from(request)?;
            answer(self.client.execute(request).await?).await
        };
        let (status, headers, body) = answered.await.map_err(|error| {
            tracing::warn!(partner = name, outcome = error.outcome(), "a call failed");
            PartnerError
        })?;
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
