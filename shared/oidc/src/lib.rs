//! The employees' log-in by the corporate issuer: `OpenID` Connect's code flow with PKCE, by a
//! library that knows it. A crate of its own, because only the desk links what the library brings
//! along.
//!
//! The issuer's description and keys are asked for at each step: an employee logs in once a day,
//! and a key that was changed is known at once.

use adapters::Web;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::desk::{Admitted, Begun, Issuer, IssuerError, LogInUnderWay};
use domain::ports::PartnerError;
use http::{Request, Response};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenVerifier};
use openidconnect::url::ParseError;
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClientId, CsrfToken, EndSessionUrl, IssuerUrl,
    JsonWebKeySet, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, RequestTokenError, Scope,
    TokenResponse,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The corporate issuer. Make one a process: it keeps its connections.
#[derive(Debug)]
pub struct Oidc {
    web: Web,
    issuer: IssuerUrl,
    client_id: ClientId,
    /// Where the issuer sends the browser back to with its answer.
    answer: RedirectUrl,
    /// And where after a log-out.
    home: PostLogoutRedirectUrl,
}

impl Oidc {
    /// Joins the settings: the issuer's URL, below which its description is; as what it knows the
    /// desk, which is a public client and has no secret but PKCE's; the desk's address, without a
    /// slash at its end. Opens no connection; an address that is none is a start that fails.
    pub fn new(
        web: Web,
        issuer: String,
        client_id: String,
        desk_url: &str,
    ) -> Result<Self, ParseError> {
        Ok(Self {
            web,
            issuer: IssuerUrl::new(issuer)?,
            client_id: ClientId::new(client_id),
            answer: RedirectUrl::new(format!("{desk_url}/answer"))?,
            home: PostLogoutRedirectUrl::new(format!("{desk_url}/goodbye"))?,
        })
    }

    async fn described(&self) -> Result<ProviderMetadataWithLogout, IssuerError> {
        let call = |request| self.call(request);
        // Why a call failed is in the log by now; what else can't be used is the issuer's.
        ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &call).await.map_err(|_| {
            tracing::warn!("the issuer's description can't be used");
            IssuerError::Unavailable(PartnerError)
        })
    }

    async fn call(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, PartnerError> {
        self.web.call(request).await
    }
}

impl Issuer for Oidc {
    async fn begin(&self) -> Result<Begun, IssuerError> {
        let described = self.described().await?;
        let client =
            CoreClient::new(self.client_id.clone(), self.issuer.clone(), JsonWebKeySet::default())
                .set_auth_uri(described.authorization_endpoint().clone())
                .set_redirect_uri(self.answer.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let request = request.add_scope(Scope::new("profile".to_owned()));
        let (url, state, nonce) = request.set_pkce_challenge(challenge).url();
        Ok(Begun {
            url: url.to_string(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    async fn admit(&self, log_in: &LogInUnderWay, code: &str) -> Result<Admitted, IssuerError> {
        let described = self.described().await?;
        let end = described.additional_metadata().end_session_endpoint.clone();
        let Some(token_url) = described.token_endpoint().cloned() else {
            tracing::warn!("the issuer's description has no token endpoint");
            return Err(IssuerError::Unavailable(PartnerError));
        };
        let client = CoreClient::from_provider_metadata(described, self.client_id.clone(), None)
            .set_auth_type(AuthType::RequestBody)
            .set_redirect_uri(self.answer.clone())
            .set_token_uri(token_url);
        let call = |request| self.call(request);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(log_in.verifier.clone()))
            .request_async(&call)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(_) => refused("the issuer doesn't take the code"),
                _ => IssuerError::Unavailable(PartnerError),
            })?;
        let token = answer.id_token().ok_or_else(|| refused("there is no ID token"))?;
        let verifier: CoreIdTokenVerifier<'_> = client.id_token_verifier();
        let nonce = Nonce::new(log_in.nonce.clone());
        // The error names audiences and issuers; which check failed is enough.
        let claims =
            token.claims(&verifier, &nonce).map_err(|_| refused("the ID token is wrong"))?;
        if let Some(hash) = claims.access_token_hash() {
            let own = || {
                let (algorithm, key) =
                    (token.signing_alg().ok()?, token.signing_key(&verifier).ok()?);
                AccessTokenHash::from_token(answer.access_token(), algorithm, key).ok()
            };
            if own().as_ref() != Some(hash) {
                return Err(refused("the access token is another's"));
            }
        }
        let log_out_url = end.map(|end| self.log_out_url(end, token));
        Ok(Admitted { claims: texts(token).ok_or_else(|| refused("no claims"))?, log_out_url })
    }
}

impl Oidc {
    fn log_out_url(&self, end: EndSessionUrl, token: &CoreIdToken) -> String {
        LogoutRequest::from(end)
            .set_id_token_hint(token)
            .set_client_id(self.client_id.clone())
            .set_post_logout_redirect_uri(self.home.clone())
            .http_get_url()
            .to_string()
    }
}

fn refused(why: &'static str) -> IssuerError {
    tracing::warn!(why, "a log-in is refused");
    IssuerError::Refused
}

/// The claims of a token that was verified, as texts: lists and objects as JSON, as the API's
/// authorizer hands them on.
fn texts(token: &CoreIdToken) -> Option<BTreeMap<String, String>> {
    let token = token.to_string();
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Map<String, Value> = serde_json::from_slice(&payload).ok()?;
    let text = |claim: Value| claim.as_str().map_or_else(|| claim.to_string(), str::to_owned);
    Some(claims.into_iter().map(|(name, claim)| (name, text(claim))).collect())
}

#[cfg(test)]
mod tests;
